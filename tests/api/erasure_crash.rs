//! `kill -9` while accounts are erased: each ends erased whole, and nobody else loses
//! anything.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use current_user::store::personal_data::PersonalData;
use reqwest::Method;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};

use crate::support::{Client, Dice, PASSWORD, Server, TestDatabase, every_database_url, plain_png};

/// How often a server is killed on each database, and who are being erased then.
const KILLS: usize = 25;
const LEAVERS: usize = 4;

/// Somebody with a picture and a few sessions.
async fn somebody(client: &Client, email: &str) -> Client {
    client.sign_up(email).await;
    let session = client.log_in(email).await;
    session.upload(&plain_png(8, 8)).await.expect(200);
    session
}

/// Leaves. `None`: nobody has answered.
async fn leave(client: Client) -> Option<String> {
    let reply = client.request(Method::DELETE, "/me").send().await.ok()?;
    assert_eq!(reply.status(), 202);
    Some(reply.headers()["location"].to_str().unwrap().to_owned())
}

async fn all(other: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(other.get_database_backend(), sql);
    let rows = other.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn over_a_hundred_erasures_that_are_killed_none_stays_half_done() {
    // It takes a while, and has nothing to do with the cache.
    if std::env::var_os("CURRENT_USER_TEST_WITHOUT_CACHE").is_some() {
        return;
    }
    for database in every_database_url().await {
        let (url, avatars) = (database.connection_string(), tempfile::tempdir().unwrap());
        let folder = avatars.path().display().to_string();
        let start = || {
            let keep = ["--database-url", &url, "--avatar-store", &folder];
            Server::start_with(&[&keep[..], &["--deletion-grace", "0s"]].concat(), Path::new("."))
        };

        let mut dice = Dice::new();
        let server = start();
        let stays = somebody(&server.client(), "stays@example.com").await;
        let before = without_events(stays.get("/me/export").await.expect(200).json());
        server.kill();
        let (mut receipts, mut unanswered) = (Vec::new(), Vec::new());
        for kill in 0..KILLS {
            let server = start();
            let mut leavers = Vec::new();
            for number in 0..LEAVERS {
                let email = format!("ada{kill}-{number}@example.com");
                leavers.push((somebody(&server.client(), &email).await, email));
            }
            let leave = |(leaver, email)| (tokio::spawn(leave(leaver)), email);
            let leavers: Vec<_> = leavers.into_iter().map(leave).collect();
            // The moment is what this is about; nothing is waited for.
            tokio::time::sleep(Duration::from_micros(dice.roll(20_000) as u64)).await;
            server.kill();
            for (left, email) in leavers {
                match left.await.unwrap() {
                    Some(receipt) => receipts.push(receipt),
                    None => unanswered.push(email),
                }
            }
        }

        let server = start();
        // Of those it is not known whether they have left: they do now.
        for email in &unanswered {
            let body = json!({ "email": email, "password": PASSWORD });
            let reply = server.client().post("/login", body).await;
            if reply.status == 200 {
                let token = reply.json()["token"].as_str().unwrap().to_owned();
                receipts.extend(leave(server.client().with_token(&token)).await);
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
            // A picture is forgotten by whoever collects, if they are first.
            assert!(count("avatars") <= 1);
        }
        assert_only_one_is_left(&database, avatars.path()).await;
        let client = server.client().with_token(stays.token());
        let after = without_events(client.get("/me/export").await.expect(200).json());
        assert_eq!(moved(after, client.base()), moved(before, stays.base()));
        eprintln!(
            "{}: {} left in {KILLS} kills, {} unanswered; {} erasures, {at_once} over when it \
            served again, {later} later",
            database.name(),
            KILLS * LEAVERS,
            unanswered.len(),
            receipts.len(),
        );
    }
}

/// The export becomes an event itself.
fn without_events(mut export: Value) -> Value {
    for name in ["exportedAt", "events", "messages", "oneTimeTokens"] {
        export.as_object_mut().unwrap().remove(name);
    }
    export
}

/// Without the address of the server, which is another one each time.
fn moved(export: Value, base: &str) -> Value {
    serde_json::from_str(&export.to_string().replace(base, "")).unwrap()
}

async fn assert_only_one_is_left(database: &TestDatabase, avatars: &Path) {
    let other = database.connect().await;
    for table in PersonalData::ALL {
        let owner = if *table == PersonalData::User { "id" } else { "user_id" };
        let statement = Statement::from_string(
            other.get_database_backend(),
            format!(
                "SELECT count(*) FROM {} WHERE {owner} IS NULL OR {owner} NOT IN
                    (SELECT user_id FROM emails WHERE email = 'stays@example.com')",
                table.table(),
            ),
        );
        let row = other.query_one_raw(statement).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 0, "{}", table.name());
    }
    let known: BTreeSet<String> =
        all(&other, "SELECT file FROM avatars").await.into_iter().collect();
    other.close().await.unwrap();
    let there = std::fs::read_dir(avatars).unwrap();
    let there = there.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(there.collect::<BTreeSet<_>>(), known);
}
