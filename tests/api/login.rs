//! POST /login

use std::time::Duration;

use serde_json::Value;

use crate::support::{PASSWORD, TestApp, apply, every_database};

#[apply(every_database)]
async fn logging_in_answers_a_token_that_opens_me(app: TestApp) {
    app.sign_up("ada@example.com").await;
    let reply = app.anonymous.try_log_in("ADA@example.COM", PASSWORD).await.expect(200);
    assert_eq!(reply.header("cache-control"), "no-store", "a cache must not store a token");
    let logged_in = reply.json();
    let token = logged_in["token"].as_str().unwrap();
    assert!(token.starts_with("cu_") && token.len() == 61, "{token}");
    assert_eq!(logged_in["expiresAt"], "2026-12-23T08:22:29.280Z", "30 days later");
    assert_eq!(logged_in["user"]["activeSessions"], 1, "the new session counts");

    let me = app.anonymous.with_token(token).get("/me").await.expect(200).json();
    assert_eq!(me, logged_in["user"]);
}

#[apply(every_database)]
async fn an_unknown_address_and_a_wrong_password_get_the_same_answer(app: TestApp) {
    app.sign_up("ada@example.com").await;
    let mut bodies: Vec<Value> = Vec::new();
    for (email, password) in [("nobody@example.com", PASSWORD), ("ada@example.com", "wrong")] {
        let reply = app.anonymous.try_log_in(email, password).await;
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
        let mut problem = reply.expect_problem(401, "invalid_credentials");
        problem["requestId"].take();
        bodies.push(problem);
    }
    assert_eq!(bodies[0], bodies[1]);
}

#[apply(every_database)]
async fn a_session_ends_after_thirty_days_however_much_it_is_used(app: TestApp) {
    let ada = app.user().await;
    let day = Duration::from_secs(24 * 60 * 60);
    for _ in 0..29 {
        app.clock.advance(day);
        ada.get("/me").await.expect(200);
        app.write_session_activity().await;
    }
    app.clock.advance(day);
    ada.get("/me").await.expect_problem(401, "invalid_token");
}

#[apply(every_database)]
async fn a_session_that_is_not_used_ends_after_seven_days(app: TestApp) {
    let ada = app.user().await;
    app.clock.advance(Duration::from_secs(7 * 24 * 60 * 60 - 1));
    ada.get("/me").await.expect(200);
    app.clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
    ada.get("/me").await.expect_problem(401, "invalid_token");
}

#[apply(every_database)]
async fn the_hundred_and_first_session_ends_the_one_not_used_longest(app: TestApp) {
    let first = app.user().await;
    app.clock.advance(Duration::from_secs(60));
    let mut last = app.log_in("ada@example.com").await;
    for _ in 2..100 {
        last = app.log_in("ada@example.com").await;
    }
    // After this request the first session is the one that was used last.
    app.clock.advance(Duration::from_secs(600));
    assert_eq!(first.get("/me").await.expect(200).json()["activeSessions"], 100);
    app.write_session_activity().await;

    let newest = app.log_in("ada@example.com").await;
    assert_eq!(newest.get("/me").await.expect(200).json()["activeSessions"], 100);
    first.get("/me").await.expect(200);
    last.get("/me").await.expect(200);
}
