//! `kill -9` while the server works: no acknowledged write is lost, and every message is
//! sent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;

use crate::support::{
    Client, Inbox, PASSWORD, SeededRandom, Server, TestDatabase, apply, every_database,
};

/// The number of kills on each database.
const KILLS: usize = 100;
/// The number of clients that sign up at the same time until the server is killed.
const CLIENTS: usize = 3;

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread")]
async fn over_two_hundred_kills_no_message_is_lost(database: TestDatabase) {
    // This slow test does not depend on the cache, so the run without the cache skips it.
    if std::env::var_os("CURRENT_USER_TEST_WITHOUT_CACHE").is_some() {
        return;
    }
    let inbox = Inbox::start().await;
    let (url, smtp) = (database.connection_string(), inbox.mailbox.url());
    let start = || {
        let mail = ["--smtp-url", &smtp, "--mail-from", "no-reply@example.com"];
        let quickly = ["--send-timeout", "2s", "--limits", "off"];
        let arguments = [&["--database-url", &url], &mail[..], &quickly].concat();
        Server::start_with(&arguments, Path::new("."))
    };

    let mut random = SeededRandom::new();
    let mut acknowledged = Vec::new();
    for kill in 0..KILLS {
        let server = start();
        let (told, mut heard) = mpsc::unbounded_channel();
        let clients = (0..CLIENTS).map(|number| {
            let email = format!("ada{kill}-{number}@example.com");
            tokio::spawn(sign_up_repeatedly(server.client(), email, told.clone()))
        });
        let clients: Vec<_> = clients.collect();
        for _ in 0..=random.below(3) {
            heard.recv().await.unwrap();
        }
        // The server is killed at a random moment.
        tokio::time::sleep(Duration::from_micros(random.below(20_000) as u64)).await;
        server.kill();
        for client in clients {
            acknowledged.extend(client.await.unwrap());
        }
    }
    assert!(acknowledged.len() >= KILLS, "only {} signed up", acknowledged.len());

    let server = start();
    for email in &acknowledged {
        inbox.mailbox.next_to(email).await;
    }
    drop(server);
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for mail in inbox.mailbox.all() {
        *times.entry(mail.header("Message-ID")).or_default() += 1;
    }
    let written: BTreeSet<_> = inbox.mailbox.all().into_iter().flat_map(|mail| mail.to).collect();
    assert!(acknowledged.iter().all(|email| written.contains(email)));
    let again: usize = times.values().map(|times| times - 1).sum();
    eprintln!(
        "{}: {KILLS} kills, {} acknowledged, {} messages, {again} sent again",
        database.name(),
        acknowledged.len(),
        times.len(),
    );
}

/// Signs up until the server does not reply. Returns the addresses whose sign-up was
/// acknowledged.
async fn sign_up_repeatedly(
    client: Client,
    email: String,
    told: mpsc::UnboundedSender<()>,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let email = format!("{number}{email}");
        let body = json!({ "email": email, "password": PASSWORD, "name": "Ada" });
        let request = client.request(reqwest::Method::POST, "/signup").json(&body);
        match request.send().await {
            Ok(reply) if reply.status() == 201 => {
                acknowledged.push(email);
                // The receiver stops listening before the kill.
                let _ = told.send(());
            }
            Ok(reply) => panic!("{}", reply.status()),
            Err(_) => break,
        }
    }
    acknowledged
}
