//! GET and DELETE /me/sessions, DELETE /me/sessions/{sessionId}

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, on_every_database};

async fn sessions(client: &Client) -> Vec<Value> {
    match client.get("/me/sessions").await.expect(200).json() {
        Value::Array(sessions) => sessions,
        other => panic!("not a list: {other}"),
    }
}

#[tokio::test]
async fn the_list_shows_every_session_newest_first() {
    for app in on_every_database().await {
        let phone = app.user().await;
        app.clock.advance(Duration::from_secs(1));
        app.log_in("ada@example.com").await;

        let list = sessions(&phone).await;
        assert_eq!(
            list,
            [
                json!({
                    "id": list[0]["id"],
                    "createdAt": "2026-11-23T08:22:30.280Z",
                    "lastUsedAt": "2026-11-23T08:22:30.280Z",
                    "expiresAt": "2026-12-23T08:22:30.280Z",
                    "userAgent": "tests",
                    "ipAddress": "127.0.0.1",
                    "current": false,
                }),
                json!({
                    "id": list[1]["id"],
                    "createdAt": "2026-11-23T08:22:29.280Z",
                    "lastUsedAt": "2026-11-23T08:22:29.280Z",
                    "expiresAt": "2026-12-23T08:22:29.280Z",
                    "userAgent": "tests",
                    "ipAddress": "127.0.0.1",
                    "current": true,
                }),
            ]
        );
    }
}

#[tokio::test]
async fn last_used_at_is_written_at_most_every_five_minutes() {
    for app in on_every_database().await {
        let ada = app.user().await;
        app.clock.advance(Duration::from_secs(299));
        assert_eq!(sessions(&ada).await[0]["lastUsedAt"], "2026-11-23T08:22:29.280Z");
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(sessions(&ada).await[0]["lastUsedAt"], "2026-11-23T08:27:29.280Z");
    }
}

#[tokio::test]
async fn one_session_can_be_ended_by_another() {
    for app in on_every_database().await {
        let phone = app.user().await;
        app.clock.advance(Duration::from_secs(1));
        let laptop = app.log_in("ada@example.com").await;

        let lost = &sessions(&laptop).await[1];
        assert_eq!(lost["current"], false);
        let path = format!("/me/sessions/{}", lost["id"].as_str().unwrap());
        laptop.delete(&path).await.expect(204);

        phone.get("/me").await.expect_problem(401, "invalid_token");
        assert_eq!(sessions(&laptop).await.len(), 1);
        laptop.delete(&path).await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_session_can_end_itself() {
    for app in on_every_database().await {
        let ada = app.user().await;
        let own = sessions(&ada).await[0]["id"].as_str().unwrap().to_owned();
        ada.delete(&format!("/me/sessions/{own}")).await.expect(204);
        ada.get("/me").await.expect_problem(401, "invalid_token");
    }
}

#[tokio::test]
async fn the_sessions_of_others_are_not_there() {
    for app in on_every_database().await {
        let ada = app.user().await;
        app.sign_up("eve@example.com").await;
        let eve = app.log_in("eve@example.com").await;
        let of_ada = sessions(&ada).await[0]["id"].as_str().unwrap().to_owned();

        let cases = [
            (of_ada.as_str(), "somebody else's"),
            ("00000000-0000-7000-8000-000000000000", "nobody's"),
            ("not-a-uuid", "no id at all"),
        ];
        for (id, why) in cases {
            let reply = eve.delete(&format!("/me/sessions/{id}")).await;
            assert_eq!(reply.status, 404, "{why}");
            reply.expect_problem(404, "not_found");
        }
        ada.get("/me").await.expect(200);
    }
}

#[tokio::test]
async fn all_others_can_be_ended_at_once() {
    for app in on_every_database().await {
        let phone = app.user().await;
        let laptop = app.log_in("ada@example.com").await;
        let tablet = app.log_in("ada@example.com").await;

        laptop.delete("/me/sessions").await.expect(204);

        phone.get("/me").await.expect_problem(401, "invalid_token");
        tablet.get("/me").await.expect_problem(401, "invalid_token");
        assert_eq!(sessions(&laptop).await.len(), 1);
    }
}
