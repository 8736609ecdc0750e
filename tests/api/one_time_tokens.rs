//! POST /one-time-tokens/check

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestApp, apply, every_database};

const ADA: &str = "ada@example.com";

async fn check(client: &Client, token: &str) -> Value {
    client.post("/one-time-tokens/check", json!({ "token": token })).await.expect(200).json()
}

#[apply(every_database)]
async fn a_check_says_what_a_link_is_for_and_does_not_use_it(app: TestApp) {
    let ada = app.user().await;
    let token = app.token_mailed_to(ADA).await;
    let usable = json!({
        "status": "usable",
        "purpose": "verify_email",
        "email": ADA,
        "expiresAt": "2026-11-24T08:22:29.280Z",
    });
    for _ in 0..2 {
        assert_eq!(check(&app.anonymous, &token).await, usable);
    }
    ada.verify_email(&token).await.expect(204);
    assert_eq!(check(&app.anonymous, &token).await, json!({ "status": "unknown" }), "used");
}

#[apply(every_database)]
async fn a_link_expires(app: TestApp) {
    app.active_user().await;
    app.anonymous.request_password_reset(ADA).await.expect(202);
    let token = app.token_mailed_to(ADA).await;
    app.clock.advance(Duration::from_secs(60 * 60));
    let expired = check(&app.anonymous, &token).await;
    assert_eq!(expired["status"], "expired");
    assert_eq!((&expired["purpose"], &expired["email"]), (&json!("reset_password"), &Value::Null));
    let reply = app.anonymous.confirm_password_reset(&token, PASSWORD).await;
    reply.expect_problem(422, "invalid_one_time_token");
}

#[apply(every_database)]
async fn a_link_that_an_operation_would_refuse_is_not_usable(app: TestApp) {
    let ada = app.active_user().await;
    app.anonymous.request_password_reset(ADA).await.expect(202);
    let token = app.token_mailed_to(ADA).await;
    assert_eq!(check(&app.anonymous, &token).await["status"], "usable");
    ada.delete("/me").await.expect(202);
    assert_eq!(check(&app.anonymous, &token).await, json!({ "status": "unknown" }));
}

#[apply(every_database)]
async fn a_token_that_was_never_mailed_is_unknown_and_a_garbled_one_is_refused(app: TestApp) {
    let never = "cu1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabscsvvu";
    assert_eq!(check(&app.anonymous, never).await, json!({ "status": "unknown" }));
    let body = json!({ "token": "cu1_abc" });
    let reply = app.anonymous.post("/one-time-tokens/check", body).await;
    let problem = reply.expect_problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], "/token");
}
