//! POST /me/reauthentication

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{
    PASSWORD, Reply, Setup, TestApp, TestDatabase, apply, every_database, sorted_statuses,
};

#[apply(every_database)]
async fn changes_that_could_take_an_account_over_need_a_recently_proved_password(app: TestApp) {
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
    let ada = ada.reauthenticated().await;
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
    // The session keeps its token when it changes the password, so a thief may have a copy of it.
    laptop.change_password(PASSWORD, "incorrect donkey").await.expect(204);
    laptop.set_phone_number("+442071838750").await.expect_problem(403, "reauthentication_required");
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
    thief.reauthenticate(PASSWORD).await.expect(200);
}

#[apply(every_database)]
async fn the_session_goes_on_under_another_token(database: TestDatabase) {
    let setup = Setup { cache_bytes: 1024 * 1024, ..Setup::default() };
    let app = TestApp::start(database, setup).await;
    let copied = app.active_user().await;
    app.clock.advance(Duration::from_secs(60));
    let before = copied.get("/me/sessions").await.expect(200).json()[0].clone();
    // A copy of the token is in use, and its reply is in the cache.
    app.warm(&copied).await;

    let reply = copied.reauthenticate(PASSWORD).await.expect(200);
    let ada = app.anonymous.with_token_of(&reply);
    assert_ne!(ada.token(), copied.token());
    assert_eq!(reply.json()["expiresAt"], before["expiresAt"]);
    assert_eq!(reply.header("cache-control"), "no-store", "a cache must not store a token");

    copied.get("/me").await.expect_problem(401, "invalid_token");
    copied.add_email("eve@example.com").await.expect_problem(401, "invalid_token");
    let after = ada.get("/me/sessions").await.expect(200).json();
    assert_eq!(after.as_array().unwrap().len(), 1);
    for property in ["id", "createdAt", "expiresAt", "userAgent", "ipAddress"] {
        assert_eq!(after[0][property], before[property], "{property}");
    }
    ada.get("/me").await.expect(200);
}

#[apply(every_database)]
async fn a_request_with_the_old_token_that_is_still_under_way_gains_nothing(app: TestApp) {
    let ada = app.user().await;
    app.clock.advance(Duration::from_secs(15 * 60));
    // Both are authenticated before their passwords are verified.
    let (one, two) = tokio::join!(ada.reauthenticate(PASSWORD), ada.reauthenticate(PASSWORD));
    assert_eq!(sorted_statuses([&one, &two]), [200, 401]);
    let renewed = if one.status == 200 { one } else { two };
    app.anonymous.with_token_of(&renewed).delete("/me/phone-number").await.expect(204);
}
