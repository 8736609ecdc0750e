//! POST /me/reauthentication

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{PASSWORD, Reply, TestApp, apply, every_database};

#[apply(every_database)]
async fn what_could_take_an_account_over_needs_a_password_that_was_proved_lately(app: TestApp) {
    let ada = app.active_user().await;
    let email = ada.get("/me/emails").await.expect(200).json()[0].clone();
    app.clock.advance(Duration::from_secs(15 * 60));

    let id = email["id"].as_str().unwrap();
    let requests = [
        (Method::POST, "/me/emails".to_owned(), json!({ "email": "b@example.com" }), 201),
        (Method::PUT, "/me/default-email".to_owned(), json!({ "emailId": id }), 200),
        (Method::DELETE, format!("/me/emails/{id}"), json!({}), 409),
        (
            Method::PUT,
            "/me/phone-number".to_owned(),
            json!({ "phoneNumber": "+442071838750" }),
            202,
        ),
        (Method::DELETE, "/me/phone-number".to_owned(), json!({}), 204),
    ];
    for (method, path, body, _) in &requests {
        let reply = Reply::to(ada.request(method.clone(), path).json(body)).await;
        reply.expect_problem(403, "reauthentication_required");
    }
    ada.reauthenticate(PASSWORD).await.expect(204);
    for (method, path, body, status) in &requests {
        Reply::to(ada.request(method.clone(), path).json(body)).await.expect(*status);
    }
    ada.get("/me").await.expect(200);
}

#[apply(every_database)]
async fn each_session_proves_it_for_itself(app: TestApp) {
    let laptop = app.active_user().await;
    app.clock.advance(Duration::from_secs(15 * 60));
    let phone = app.log_in("ada@example.com").await;
    laptop.set_phone_number("+442071838750").await.expect_problem(403, "reauthentication_required");
    phone.set_phone_number("+442071838750").await.expect(202);
    // A change of the password counts as re-authentication.
    laptop.change_password(PASSWORD, "incorrect donkey").await.expect(204);
    laptop.set_phone_number("+442071838750").await.expect(202);
}

#[apply(every_database)]
async fn a_wrong_password_proves_nothing(app: TestApp) {
    let ada = app.active_user().await;
    app.clock.advance(Duration::from_secs(15 * 60));
    ada.reauthenticate("wrong").await.expect_problem(403, "wrong_password");
    ada.delete("/me/phone-number").await.expect_problem(403, "reauthentication_required");
}

#[apply(every_database)]
async fn nobody_guesses_the_password_with_a_token_that_they_got_hold_of(app: TestApp) {
    let thief = app.user().await;
    for _ in 0..5 {
        thief.reauthenticate("a guess").await.expect_problem(403, "wrong_password");
        thief
            .change_password("a guess", "stolen it now")
            .await
            .expect_problem(403, "wrong_password");
    }
    // The right password is refused now, too.
    let reply = thief.reauthenticate(PASSWORD).await;
    assert_eq!(reply.header("retry-after"), "3600");
    reply.expect_problem(429, "too_many_requests");
    thief
        .change_password("a guess", "stolen it now")
        .await
        .expect_problem(429, "too_many_requests");
    // The owner of the account can still log in.
    app.log_in("ada@example.com").await;
    app.clock.advance(Duration::from_secs(3600));
    thief.reauthenticate(PASSWORD).await.expect(204);
}
