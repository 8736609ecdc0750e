//! `kill -9` during erasures: every account is erased completely in the end, and no other
//! account loses anything.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use crate::support::{
    Client, PASSWORD, PersonalTable, SeededRandom, Server, TestDatabase, apply, every_database,
    plain_png,
};

/// The number of kills on each database, and the number of accounts that are being erased
/// at each kill.
const KILLS: usize = 25;
const ACCOUNTS: usize = 4;

/// Signs up, logs in and uploads an avatar.
async fn user_with_avatar(client: &Client, email: &str) -> Client {
    let session = client.sign_up_and_log_in(email).await;
    session.upload(&plain_png(8, 8)).await.expect(200);
    session
}

/// Deletes the account. Returns the path of the receipt, or `None` without a reply.
async fn delete(client: Client) -> Option<String> {
    let reply = client.request(Method::DELETE, "/me").send().await.ok()?;
    assert_eq!(reply.status(), 202);
    Some(reply.headers()["location"].to_str().unwrap().to_owned())
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread")]
async fn over_a_hundred_erasures_that_are_killed_none_stays_half_done(database: TestDatabase) {
    // This slow test does not depend on the cache, so the run without the cache skips it.
    if std::env::var_os("CURRENT_USER_TEST_WITHOUT_CACHE").is_some() {
        return;
    }
    let (url, avatars) = (database.connection_string(), tempfile::tempdir().unwrap());
    let folder = avatars.path().display().to_string();
    let start = || {
        let keep = ["--database-url", &url, "--avatar-store", &folder, "--limits", "off"];
        Server::start_with(&[&keep[..], &["--deletion-grace", "0s"]].concat(), Path::new("."))
    };

    let mut random = SeededRandom::new();
    let server = start();
    let stays = user_with_avatar(&server.client(), "stays@example.com").await;
    let before = without_events(stays.get("/me/export").await.expect(200).json());
    server.kill();
    let (mut receipts, mut unanswered) = (Vec::new(), Vec::new());
    for kill in 0..KILLS {
        let server = start();
        let mut users = Vec::new();
        for number in 0..ACCOUNTS {
            let email = format!("ada{kill}-{number}@example.com");
            users.push((user_with_avatar(&server.client(), &email).await, email));
        }
        let delete = |(user, email)| (tokio::spawn(delete(user)), email);
        let deletions: Vec<_> = users.into_iter().map(delete).collect();
        // The server is killed at a random moment.
        tokio::time::sleep(Duration::from_micros(random.below(20_000) as u64)).await;
        server.kill();
        for (deletion, email) in deletions {
            match deletion.await.unwrap() {
                Some(receipt) => receipts.push(receipt),
                None => unanswered.push(email),
            }
        }
    }

    let server = start();
    // The accounts whose deletion got no reply may still be there. They are deleted now.
    for email in &unanswered {
        let reply = server.client().try_log_in(email, PASSWORD).await;
        if reply.status == 200 {
            receipts.extend(delete(server.client().with_token_of(&reply)).await);
        }
    }
    let (mut at_once, mut later) = (0, 0);
    for receipt in &receipts {
        let mut erasure = server.client().get(receipt).await.expect(200).json();
        let is_erased = |erasure: &Value| erasure["status"] == "erased";
        *(if is_erased(&erasure) { &mut at_once } else { &mut later }) += 1;
        while !is_erased(&erasure) {
            erasure = server.client().get(receipt).await.expect(200).json();
        }
        let rows = erasure["erased"].as_array().unwrap().iter();
        let count = |name: &str| {
            rows.clone().find(|one| one["table"] == name).unwrap()["rows"].as_u64().unwrap()
        };
        assert_eq!((count("user"), count("password"), count("emails")), (1, 1, 1));
        // Another job may have deleted the row of the avatar before the erasure.
        assert!(count("avatars") <= 1);
    }
    assert_only_one_is_left(&database, avatars.path()).await;
    let client = server.client().with_token(stays.token());
    let after = without_events(client.get("/me/export").await.expect(200).json());
    assert_eq!(without_address(after, client.base()), without_address(before, stays.base()));
    eprintln!(
        "{}: {} deletions in {KILLS} kills, {} without a reply; {} erasures, {at_once} of them \
        complete when the server had started again, {later} later",
        database.name(),
        KILLS * ACCOUNTS,
        unanswered.len(),
        receipts.len(),
    );
}

/// An export without the properties that change although the user changes nothing. Each
/// export adds an event, for example.
fn without_events(mut export: Value) -> Value {
    for name in ["exportedAt", "events", "messages", "oneTimeTokens"] {
        export.as_object_mut().unwrap().remove(name);
    }
    export
}

/// An export without the address of the server, which changes with each start.
fn without_address(export: Value, base: &str) -> Value {
    serde_json::from_str(&export.to_string().replace(base, "")).unwrap()
}

async fn assert_only_one_is_left(database: &TestDatabase, avatars: &Path) {
    for table in PersonalTable::all() {
        let owner = table.owner();
        let of_others = format!(
            "{owner} IS NULL OR {owner} NOT IN
                (SELECT user_id FROM emails WHERE email = 'stays@example.com')"
        );
        assert_eq!(database.count(table.table, &of_others).await, 0, "{}", table.name);
    }
    let known: BTreeSet<String> =
        database.query("SELECT file FROM avatars").await.into_iter().collect();
    let there = std::fs::read_dir(avatars).unwrap();
    let there = there.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(there.collect::<BTreeSet<_>>(), known);
}
