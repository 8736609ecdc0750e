//! Owners can't be blocked: however many strangers sign up with an address, its owner logs in,
//! gets mails, and verifies it.

use std::time::Duration;

use serde_json::json;

use super::{addresses, send_verification};
use crate::support::{Client, PASSWORD, TestApp, apply, every_database};

const ADA: &str = "ada@example.com";
const SECOND: Duration = Duration::from_secs(1);

/// A stranger signs up with Ada's address. What follows has a later time.
async fn stranger(app: &TestApp, password: &str) {
    let body = json!({ "email": ADA, "password": password, "name": "Stranger" });
    app.anonymous.post("/signup", body).await.expect(201);
    app.clock.advance(SECOND);
}

/// Ada gets a mail, and verifies her address with it.
async fn verify(app: &TestApp, ada: &Client) {
    let claim = ada.get("/me/emails").await.expect(200).json()[0].clone();
    let before = app.mails_to(ADA).await.len();
    send_verification(ada, &claim).await.expect(202);
    let mails = app.mails_to(ADA).await;
    assert_eq!(mails.len(), before + 1);
    ada.verify_email(&mails.last().unwrap().token()).await.expect(204);
    assert_eq!(addresses(ada).await, [ADA]);
}

#[apply(every_database)]
async fn an_owner_who_has_logged_in_stays_so_whoever_signs_up_later(app: TestApp) {
    let ada = app.user().await;
    app.clock.advance(SECOND);
    for number in 0..12 {
        let password = format!("the password of stranger {number}");
        stranger(&app, &password).await;
        // The strangers log in as well.
        app.log_in_with(ADA, &password).await;
    }
    assert_eq!(app.mails_to(ADA).await.len(), 10, "nobody floods the mailbox");
    app.log_in(ADA).await;
    verify(&app, &ada).await;
    app.log_in(ADA).await;
    let refused = app.anonymous.try_log_in(ADA, "the password of stranger 0").await;
    refused.expect_problem(401, "invalid_credentials");
}

#[apply(every_database)]
async fn an_owner_who_comes_last_gets_in_and_gets_a_mail(app: TestApp) {
    for _ in 0..15 {
        stranger(&app, "the password of a stranger").await;
        app.deliver().await;
    }
    assert_eq!(app.mails_to(ADA).await.len(), 10, "nobody floods the mailbox");
    let ada = app.user().await;
    app.clock.advance(SECOND);
    for _ in 0..5 {
        stranger(&app, "the password of a stranger").await;
    }
    assert_eq!(app.mails_to(ADA).await.len(), 10);
    app.log_in(ADA).await;
    verify(&app, &ada).await;
}

#[apply(every_database)]
async fn an_owner_who_logs_in_after_strangers_is_known_by_the_device_and_the_network(app: TestApp) {
    for number in 0..5 {
        let password = format!("the password of stranger {number}");
        stranger(&app, &password).await;
        app.log_in_with(ADA, &password).await;
    }
    let ada = app.anonymous.at_address([127, 0, 0, 2]);
    // Another user of Ada's network.
    ada.log_in_with(ADA, "the password of stranger 0").await;
    app.clock.advance(SECOND);
    let body = json!({ "email": ADA, "password": PASSWORD, "name": "Ada" });
    let me = ada.post("/signup", body).await.expect(201).json();
    let first = ada.try_log_in(ADA, PASSWORD).await.expect(200);
    for number in 5..7 {
        let password = format!("the password of stranger {number}");
        stranger(&app, &password).await;
        app.log_in_with(ADA, &password).await;
    }
    let elsewhere = app.anonymous.at_address([127, 0, 0, 3]);
    elsewhere.try_log_in(ADA, PASSWORD).await.expect_problem(401, "invalid_credentials");
    for known in [&ada, &elsewhere.on_device_of(&first)] {
        let again = known.try_log_in(ADA, PASSWORD).await.expect(200).json();
        assert_eq!(again["user"]["id"], me["id"]);
    }
}

#[apply(every_database)]
async fn a_reset_opens_the_account_of_the_owner_who_has_logged_in(app: TestApp) {
    let ada = app.user().await;
    app.clock.advance(SECOND);
    let me = ada.get("/me").await.expect(200).json();
    for _ in 0..5 {
        stranger(&app, "the password of a stranger").await;
    }
    app.reset_password(ADA, "incorrect donkey battery").await;
    let ada = app.log_in_with(ADA, "incorrect donkey battery").await;
    assert_eq!(ada.get("/me").await.expect(200).json()["id"], me["id"]);
}
