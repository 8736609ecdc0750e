//! Acknowledged writes are still there after a restart, even after `kill -9`.

use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::support::{Client, Server, TestDatabase, apply, every_database};

/// The number of users, and the properties of each user that the test writes. It writes
/// each one on a connection of its own, without a pause, so that writes share commits.
const USERS: usize = 11;
const PROPERTIES: [&str; 3] = ["name", "bio", "avatarUrl"];

/// Writes numbers to one property until the server does not reply. Returns the last number
/// that was acknowledged.
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
    for number in 0..USERS {
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
        assert!(value >= last, "{last} was acknowledged, but {value} is stored");
        assert!(value <= last + 1, "only one write can be without a reply");
    }
}
