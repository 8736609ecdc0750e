//! GET and DELETE /me/sessions, DELETE /me/sessions/{sessionId}

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::support::{
    Client, PASSWORD, Reply, Setup, TestApp, TestDatabase, apply, every_database, sorted_statuses,
};

async fn sessions(client: &Client) -> Vec<Value> {
    match client.get("/me/sessions").await.expect(200).json() {
        Value::Array(sessions) => sessions,
        other => panic!("the reply is no list: {other}"),
    }
}

#[apply(every_database)]
async fn the_list_shows_every_session_newest_first(app: TestApp) {
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

#[apply(every_database)]
async fn last_used_at_is_written_at_most_every_five_minutes(app: TestApp) {
    let ada = app.user().await;
    app.clock.advance(Duration::from_secs(299));
    assert_eq!(sessions(&ada).await[0]["lastUsedAt"], "2026-11-23T08:22:29.280Z");
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(sessions(&ada).await[0]["lastUsedAt"], "2026-11-23T08:27:29.280Z");
}

#[apply(every_database)]
async fn one_session_can_be_ended_by_another(app: TestApp) {
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

#[apply(every_database)]
async fn a_session_can_end_itself(app: TestApp) {
    let ada = app.user().await;
    let own = sessions(&ada).await[0]["id"].as_str().unwrap().to_owned();
    ada.delete(&format!("/me/sessions/{own}")).await.expect(204);
    ada.get("/me").await.expect_problem(401, "invalid_token");
}

#[apply(every_database)]
async fn the_sessions_of_others_are_not_there(app: TestApp) {
    let ada = app.user().await;
    let eve = app.sign_up_and_log_in("eve@example.com").await;
    let of_ada = sessions(&ada).await[0]["id"].as_str().unwrap().to_owned();

    let cases = [
        (of_ada.as_str(), "a session of another user"),
        ("00000000-0000-7000-8000-000000000000", "no session"),
        ("not-a-uuid", "no id"),
    ];
    for (id, why) in cases {
        let reply = eve.delete(&format!("/me/sessions/{id}")).await;
        assert_eq!(reply.status, 404, "{why}");
        reply.expect_problem(404, "not_found");
    }
    ada.get("/me").await.expect(200);
}

#[apply(every_database)]
async fn all_others_can_be_ended_at_once(app: TestApp) {
    let phone = app.user().await;
    let laptop = app.log_in("ada@example.com").await;
    let tablet = app.log_in("ada@example.com").await;

    laptop.delete("/me/sessions").await.expect(204);

    phone.get("/me").await.expect_problem(401, "invalid_token");
    tablet.get("/me").await.expect_problem(401, "invalid_token");
    assert_eq!(sessions(&laptop).await.len(), 1);
}

/// A request whose body is completed when the test says so.
struct HeldBack {
    release: mpsc::Sender<()>,
    reply: JoinHandle<Reply>,
}

impl HeldBack {
    /// Sends the head and the first byte of the body, and waits until the server reads the
    /// body. It has authenticated the session by then.
    async fn start(request: RequestBuilder, body: &str) -> Self {
        let (release, mut released) = mpsc::channel(1);
        let (begun, mut has_begun) = mpsc::channel(1);
        let (first, rest) = (body[..1].to_owned(), body[1..].to_owned());
        let body = stream::once(async move { Ok::<_, std::io::Error>(first) }).chain(stream::once(
            async move {
                begun.send(()).await.unwrap();
                released.recv().await;
                Ok(rest)
            },
        ));
        let request =
            request.header(CONTENT_TYPE, "application/json").body(reqwest::Body::wrap_stream(body));
        let reply = tokio::spawn(Reply::to(request));
        has_begun.recv().await.unwrap();
        Self { release, reply }
    }

    async fn finish(self) -> Reply {
        self.release.send(()).await.unwrap();
        self.reply.await.unwrap()
    }
}

#[apply(every_database)]
async fn what_a_revoked_session_sent_before_is_not_done(database: TestDatabase) {
    // The time is long enough for a busy machine.
    let patient = Setup { body_timeout: Duration::from_secs(120), ..Setup::default() };
    let app = TestApp::start(database, patient).await;
    let thief = app.user().await;
    let owner = app.log_in("ada@example.com").await;
    let held = [
        HeldBack::start(thief.request(Method::PATCH, "/me"), r#"{"bio":"mine"}"#).await,
        HeldBack::start(
            thief.request(Method::PUT, "/me/password"),
            &json!({ "currentPassword": PASSWORD, "newPassword": "stolen it now" }).to_string(),
        )
        .await,
    ];
    // After this reply the server has accepted the held requests.
    thief.get("/me").await.expect(200);

    owner.delete("/me/sessions").await.expect(204);

    for request in held {
        request.finish().await.expect_problem(401, "invalid_token");
    }
    assert!(owner.get("/me").await.expect(200).json().get("bio").is_none());
    app.log_in("ada@example.com").await;
}

#[apply(every_database)]
async fn of_two_who_end_each_other_one_remains(app: TestApp) {
    let one = app.user().await;
    for _ in 0..10 {
        let two = app.log_in("ada@example.com").await;
        let (first, second) = tokio::join!(one.delete("/me/sessions"), two.delete("/me/sessions"));
        assert_eq!(sorted_statuses([&first, &second]), [204, 401]);
        if second.status == 204 {
            return;
        }
    }
}

#[apply(every_database)]
async fn nobody_is_logged_in_to_an_account_that_was_deleted_meanwhile(app: TestApp) {
    for round in 0..5 {
        let email = format!("ada{round}@example.com");
        let ada = app.sign_up_and_log_in(&email).await;
        let (deleted, logged_in) =
            tokio::join!(ada.delete("/me"), app.anonymous.try_log_in(&email, PASSWORD));
        deleted.expect(202);
        if logged_in.status == 200 {
            let token = logged_in.json()["token"].as_str().unwrap().to_owned();
            let late = app.anonymous.with_token(&token);
            late.get("/me").await.expect_problem(401, "invalid_token");
        } else {
            logged_in.expect_problem(403, "account_deleted");
        }
    }
}
