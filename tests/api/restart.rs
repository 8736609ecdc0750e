//! What was acknowledged is still there after a restart, however it came about.

use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::support::{Client, Server, TestDatabase, apply, every_database};

/// People, and the properties that somebody writes to without pause: 33 connections,
/// whose writes share commits.
const PEOPLE: usize = 11;
const PROPERTIES: [&str; 3] = ["name", "bio", "avatarUrl"];

/// Writes numbers to a property of its own until the server is gone. Returns the last
/// one that was acknowledged.
async fn write(ada: Client, property: &str, acknowledged: mpsc::UnboundedSender<()>) -> u32 {
    let mut last = 0;
    loop {
        let body = json!({ property: format!("https://example.com/{}", last + 1) });
        let request = ada.request(reqwest::Method::PATCH, "/me").json(&body);
        match request.send().await {
            Ok(reply) if reply.status() == 200 => last += 1,
            _ => return last,
        }
        acknowledged.send(()).unwrap();
    }
}

#[apply(every_database)]
async fn kill_9_loses_no_acknowledged_write_and_no_session(database: TestDatabase) {
    let url = database.connection_string();
    let server = Server::start(&url);
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let email = format!("{number}@example.com");
        server.client().sign_up(&email).await;
        people.push(server.client().log_in(&email).await);
    }

    let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
    let mut writers = JoinSet::new();
    for (number, person) in people.iter().enumerate() {
        for property in PROPERTIES {
            let (person, acknowledge) = (person.clone(), acknowledge.clone());
            writers.spawn(
                async move { (number, property, write(person, property, acknowledge).await) },
            );
        }
    }
    for _ in 0..1000 {
        acknowledged.recv().await.unwrap();
    }
    server.kill();

    let server = Server::start(&url);
    for (number, property, last) in writers.join_all().await {
        let person = server.client().with_token(people[number].token());
        let me = person.get("/me").await.expect(200).json();
        let value = me[property].as_str().and_then(|value| value.rsplit('/').next());
        let value: u32 = value.and_then(|number| number.parse().ok()).unwrap_or(0);
        assert!(value >= last, "{last} was acknowledged, {value} is there");
        assert!(value <= last + 1, "one write at most was under way");
    }
}
