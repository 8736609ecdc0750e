//! A node on PostgreSQL that can't hear what others change: it knows, and asks
//! the database instead of its memory.

use std::process::Command;
use std::time::{Duration, Instant};

use current_user::store::LEASE;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;

use crate::support::{Client, Nodes, two_nodes};

/// Those who hear: the one of the node that started last comes first.
const LISTENERS: &str = "
    SELECT pid, wait_event FROM pg_stat_activity
    WHERE application_name = 'current-user listener' AND datname = current_database()
    ORDER BY backend_start DESC";

/// Two nodes on PostgreSQL, where there is a server.
async fn two_nodes_on_postgres() -> Option<Nodes> {
    two_nodes().await.into_iter().find(|nodes| !nodes.database.is_sqlite())
}

/// The processes of the server that serve listeners, and what they wait for.
async fn listeners(nodes: &Nodes) -> Vec<(i32, Option<String>)> {
    let query = Statement::from_string(nodes.other.get_database_backend(), LISTENERS);
    let rows = nodes.other.query_all_raw(query).await.unwrap();
    let listener = |row: &sea_orm::QueryResult| {
        (row.try_get("", "pid").unwrap(), row.try_get("", "wait_event").unwrap())
    };
    rows.iter().map(listener).collect()
}

/// A patch through one node, which has to show on the other.
async fn patch(number: u32, [at_a, at_b]: &[Client; 2]) {
    let bio = number.to_string();
    at_a.patch("/me", json!({ "bio": bio })).await.expect(200);
    at_b.right_within(LEASE, |reply| reply.json()["bio"] == bio).await;
}

/// A patch through a node that is read from all the time, and has to show it at once.
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

#[tokio::test]
async fn a_node_that_is_cut_off_shows_nothing_old_and_recovers() {
    let Some(nodes) = two_nodes_on_postgres().await else { return };
    let clients = nodes.user("ada@example.com").await;
    let [at_a, at_b] = &clients;
    let mut number = 0;
    for _ in 0..4 {
        nodes.warm(at_b).await;
        for (pid, _) in listeners(&nodes).await {
            let cut_off = format!("SELECT pg_terminate_backend({pid})");
            nodes.other.execute_unprepared(&cut_off).await.unwrap();
        }
        // One that nobody hears of, and many while the node connects again.
        for _ in 0..20 {
            number += 1;
            patch(number, &clients).await;
        }
        // From then on right for good.
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

/// A process that stands still until this is dropped.
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

/// Makes the listener of the node that started last stand still.
async fn stall(nodes: &Nodes) -> Stopped {
    loop {
        let (pid, _) = listeners(nodes).await[0];
        let stopped = Stopped::new(pid);
        // In the middle of something it would keep others from their work.
        let (_, waits_for) = listeners(nodes).await.into_iter().find(|one| one.0 == pid).unwrap();
        if waits_for.as_deref() == Some("ClientRead") {
            return stopped;
        }
    }
}

#[tokio::test]
async fn a_node_whose_listener_stalls_shows_nothing_old_and_gets_another() {
    if std::env::var_os("CURRENT_USER_TEST_DATABASE_URL").is_some() {
        return eprintln!("the server is somebody else's: its processes are left alone");
    }
    let Some(nodes) = two_nodes_on_postgres().await else { return };
    nodes.database.slow_commits().await;
    let clients = nodes.user("ada@example.com").await;
    for client in &clients {
        nodes.warm(client).await;
    }
    let stopped = stall(&nodes).await;
    // Its own changes it knows of without hearing.
    let (since, mut number) = (Instant::now(), 0);
    while since.elapsed() < LEASE {
        number += 1;
        patch_while_reading(number, &clients[1]).await;
    }
    // It gives its listener up after five seconds, and connects anew.
    while listeners(&nodes).await.len() < 3 {
        number += 1;
        patch(number, &clients).await;
        assert!(since.elapsed() < Duration::from_secs(20), "the node has no other listener");
    }
    nodes.warm(&clients[1]).await;
    patch(number + 1, &clients).await;
    // The old one goes, and nobody minds.
    drop(stopped);
    let since = Instant::now();
    while listeners(&nodes).await.len() > 2 {
        assert!(since.elapsed() < Duration::from_secs(20), "the old listener is still there");
    }
    patch(number + 2, &clients).await;
    nodes.warm(&clients[1]).await;
}
