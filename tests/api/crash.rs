//! `kill -9` while the server works: what was acknowledged is not lost, and who was to
//! be written to is written to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;

use crate::support::{Client, Dice, Inbox, PASSWORD, Server, every_database_url};

/// How often a server is killed on each database.
const KILLS: usize = 100;
/// Who sign up at once until then.
const PEOPLE: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn over_two_hundred_kills_no_message_is_lost() {
    // It takes a while, and has nothing to do with the cache.
    if std::env::var_os("CURRENT_USER_TEST_WITHOUT_CACHE").is_some() {
        return;
    }
    for database in every_database_url().await {
        let inbox = Inbox::start().await;
        let (url, smtp) = (database.connection_string(), inbox.mailbox.url());
        let start = || {
            let mail = ["--smtp-url", &smtp, "--mail-from", "no-reply@example.com"];
            let quickly = ["--send-timeout", "2s"];
            let arguments = [&["--database-url", &url], &mail[..], &quickly].concat();
            Server::start_with(&arguments, Path::new("."))
        };

        let mut dice = Dice::new();
        let mut acknowledged = Vec::new();
        for kill in 0..KILLS {
            let server = start();
            let (told, mut heard) = mpsc::unbounded_channel();
            let people = (0..PEOPLE).map(|person| {
                let email = format!("ada{kill}-{person}@example.com");
                tokio::spawn(sign_up_repeatedly(server.client(), email, told.clone()))
            });
            let people: Vec<_> = people.collect();
            for _ in 0..=dice.roll(3) {
                heard.recv().await.unwrap();
            }
            // The moment is what this is about; nothing is waited for.
            tokio::time::sleep(Duration::from_micros(dice.roll(20_000) as u64)).await;
            server.kill();
            for person in people {
                acknowledged.extend(person.await.unwrap());
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
        let written: BTreeSet<_> =
            inbox.mailbox.all().into_iter().flat_map(|mail| mail.to).collect();
        assert!(acknowledged.iter().all(|email| written.contains(email)));
        let again: usize = times.values().map(|times| times - 1).sum();
        eprintln!(
            "{}: {KILLS} kills, {} acknowledged, {} messages, {again} sent again",
            database.name(),
            acknowledged.len(),
            times.len(),
        );
    }
}

/// Signs up until nobody answers any more. Returns who was told that they have.
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
                // Nobody listens any more once it is to be killed.
                let _ = told.send(());
            }
            Ok(reply) => panic!("{}", reply.status()),
            Err(_) => break,
        }
    }
    acknowledged
}
