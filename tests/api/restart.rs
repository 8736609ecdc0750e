//! What was acknowledged is still there after a restart, however it came about.

use serde_json::json;
use tokio::sync::mpsc;

use crate::support::{PASSWORD, Server, every_database_url};

#[tokio::test]
async fn kill_9_loses_no_acknowledged_write_and_no_session() {
    for database in every_database_url().await {
        let url = database.connection_string();
        let server = Server::start(&url);
        let body = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" });
        server.client().post("/signup", body).await.expect(201);
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        let token = server.client().post("/login", body).await.expect(200).json();
        let token = token["token"].as_str().unwrap().to_owned();

        // Write without pause, and say which writes were acknowledged.
        let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
        let ada = server.client().with_token(&token);
        let writer = tokio::spawn(async move {
            for number in 1_u32.. {
                let body = json!({ "bio": number.to_string() });
                let request = ada.request(reqwest::Method::PATCH, "/me").json(&body);
                match request.send().await {
                    Ok(reply) if reply.status() == 200 => acknowledge.send(number).unwrap(),
                    _ => break,
                }
            }
        });
        let mut last = 0;
        while last < 50 {
            last = acknowledged.recv().await.unwrap();
        }
        server.kill();
        writer.await.unwrap();
        while let Ok(number) = acknowledged.try_recv() {
            last = number;
        }

        let server = Server::start(&url);
        let me = server.client().with_token(&token).get("/me").await.expect(200).json();
        let bio: u32 = me["bio"].as_str().unwrap().parse().unwrap();
        assert!(bio >= last, "{last} was acknowledged, {bio} is there");
        assert!(bio <= last + 1, "one write at most was under way");
    }
}
