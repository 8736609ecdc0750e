//! A node on PostgreSQL whose listener is not notified of changes: the node notices, and
//! reads from the database instead of its cache.

use std::process::Command;
use std::time::{Duration, Instant};

use current_user::store::LEASE;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;

use crate::support::{Client, Nodes, apply, postgres_only};

/// The connections of listeners. The one of the node that started last comes first.
const LISTENERS: &str = "
    SELECT pid, wait_event FROM pg_stat_activity
    WHERE application_name = 'current-user listener' AND datname = current_database()
    ORDER BY backend_start DESC";

/// The server processes of the listeners, and what each of them waits for.
async fn listeners(nodes: &Nodes) -> Vec<(i32, Option<String>)> {
    let query = Statement::from_string(nodes.other.get_database_backend(), LISTENERS);
    let rows = nodes.other.query_all_raw(query).await.unwrap();
    let listener = |row: &sea_orm::QueryResult| {
        (row.try_get("", "pid").unwrap(), row.try_get("", "wait_event").unwrap())
    };
    rows.iter().map(listener).collect()
}

/// Sends a patch through one node, and waits until it shows on the other one.
async fn patch(number: u32, [at_a, at_b]: &[Client; 2]) {
    let bio = number.to_string();
    at_a.patch("/me", json!({ "bio": bio })).await.expect(200);
    at_b.right_within(LEASE, |reply| reply.json()["bio"] == bio).await;
}

/// Sends a patch through a node while it serves reads. The next read has to show the patch.
async fn patch_while_reading(number: u32, client: &Client) {
    let patch = client.patch("/me", json!({ "bio": number.to_string() }));
    let reads = async {
        loop {
            client.get("/me").await.expect(200);
        }
    };
    let patched = tokio::select! { reply = patch => reply, () = reads => unreachable!() };
    patched.expect(200);
    assert_eq!(client.get("/me").await.json()["bio"], number.to_string());
}

#[apply(postgres_only)]
async fn a_node_that_is_cut_off_shows_nothing_old_and_recovers(nodes: Nodes) {
    let clients = nodes.user("ada@example.com").await;
    let [at_a, at_b] = &clients;
    let mut number = 0;
    for _ in 0..4 {
        nodes.warm(at_b).await;
        for (pid, _) in listeners(&nodes).await {
            let cut_off = format!("SELECT pg_terminate_backend({pid})");
            nodes.other.execute_unprepared(&cut_off).await.unwrap();
        }
        // No node is notified of the first patch. The others are sent while the node
        // connects again.
        for _ in 0..20 {
            number += 1;
            patch(number, &clients).await;
        }
        // Every read is correct from then on.
        let recovered = async { nodes.warm(at_b).await };
        let reads = async {
            loop {
                assert_eq!(at_b.get("/me").await.json()["bio"], number.to_string());
            }
        };
        tokio::select! { () = recovered => {}, () = reads => {} }
        assert_eq!(at_b.get("/me").await.json()["bio"], number.to_string());
    }
    nodes.warm(at_a).await;
}

/// A process that is stopped until this value is dropped.
struct Stopped(i32);

impl Stopped {
    fn new(pid: i32) -> Self {
        signal("-STOP", pid);
        Self(pid)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        signal("-CONT", self.0);
    }
}

fn signal(name: &str, pid: i32) {
    assert!(Command::new("kill").args([name, &pid.to_string()]).status().unwrap().success());
}

/// Stops the listener of the node that started last.
async fn stall(nodes: &Nodes) -> Stopped {
    loop {
        let (pid, _) = listeners(nodes).await[0];
        let stopped = Stopped::new(pid);
        // A process that is stopped while it works may hold locks.
        let (_, waits_for) = listeners(nodes).await.into_iter().find(|one| one.0 == pid).unwrap();
        if waits_for.as_deref() == Some("ClientRead") {
            return stopped;
        }
    }
}

#[apply(postgres_only)]
async fn a_node_whose_listener_stalls_shows_nothing_old_and_gets_another(nodes: Nodes) {
    if std::env::var_os("CURRENT_USER_TEST_DATABASE_URL").is_some() {
        return eprintln!("skipped, because the processes of the server are not ours to stop");
    }
    nodes.database.slow_commits().await;
    let clients = nodes.user("ada@example.com").await;
    for client in &clients {
        nodes.warm(client).await;
    }
    let stopped = stall(&nodes).await;
    // The node knows its own changes without a notification.
    let (since, mut number) = (Instant::now(), 0);
    while since.elapsed() < LEASE {
        number += 1;
        patch_while_reading(number, &clients[1]).await;
    }
    // The node gives up its listener after five seconds, and connects another one.
    while listeners(&nodes).await.len() < 3 {
        number += 1;
        patch(number, &clients).await;
        assert!(since.elapsed() < Duration::from_secs(20), "the node has no other listener");
    }
    nodes.warm(&clients[1]).await;
    patch(number + 1, &clients).await;
    // The old listener ends, which changes nothing.
    drop(stopped);
    let since = Instant::now();
    while listeners(&nodes).await.len() > 2 {
        assert!(since.elapsed() < Duration::from_secs(20), "the old listener is still there");
    }
    patch(number + 2, &clients).await;
    nodes.warm(&clients[1]).await;
}
