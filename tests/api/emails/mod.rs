//! /me/emails, /me/default-email, /email-verifications

mod claims;
mod owners;
mod preregistration;
mod refusals;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, Reply, TestApp, apply, every_database, sorted_statuses};

const MINUTES: Duration = Duration::from_secs(60);

/// Adds an address. Returns the new entry of `/me/emails`.
async fn add(client: &Client, email: &str) -> Value {
    client.add_email(email).await.expect(201).json()
}

/// Asks for another verification mail to one of the user's addresses.
async fn send_verification(client: &Client, email: &Value) -> Reply {
    let path = format!("/me/emails/{}/verification", email["id"].as_str().unwrap());
    Reply::to(client.request(Method::POST, &path)).await
}

/// The addresses of the user.
async fn addresses(client: &Client) -> Vec<String> {
    let emails = client.get("/me/emails").await.expect(200).json();
    let emails = emails.as_array().unwrap().iter();
    emails.map(|email| email["email"].as_str().unwrap().to_owned()).collect()
}

#[apply(every_database)]
async fn verifying_the_address_that_was_signed_up_with_makes_the_user_active(app: TestApp) {
    let ada = app.user().await;
    let me = ada.get("/me").await.expect(200);
    assert_eq!(me.json()["status"], "pending");
    assert_eq!(ada.get("/me/emails").await.expect(200).json()[0]["verified"], false);

    let token = app.token_mailed_to("ada@example.com").await;
    app.clock.advance(MINUTES);
    ada.verify_email(&token).await.expect(204);

    let now = ada.get("/me").await.expect(200);
    assert_eq!(now.json()["status"], "active");
    assert_ne!(now.json()["updatedAt"], me.json()["updatedAt"]);
    assert_ne!(now.header("etag"), me.header("etag"));
    let emails = ada.get("/me/emails").await.expect(200).json();
    let id = &emails[0]["id"];
    assert_eq!(
        emails,
        json!([{
            "id": id,
            "email": "ada@example.com",
            "verified": true,
            "default": true,
            "createdAt": "2026-11-23T08:22:29.280Z",
            "updatedAt": "2026-11-23T08:23:29.280Z",
        }])
    );
}

#[apply(every_database)]
async fn a_token_works_once(app: TestApp) {
    let ada = app.user().await;
    let token = app.token_mailed_to("ada@example.com").await;
    ada.verify_email(&token).await.expect(204);
    ada.verify_email(&token).await.expect_problem(422, "invalid_one_time_token");
}

#[apply(every_database)]
async fn one_token_used_twice_at_once_works_once(app: TestApp) {
    let ada = app.user().await;
    let token = app.token_mailed_to("ada@example.com").await;
    let (one, two) = tokio::join!(ada.verify_email(&token), ada.verify_email(&token));
    assert_eq!(sorted_statuses([&one, &two]), [204, 422]);
}

#[apply(every_database)]
async fn a_token_works_for_a_day(app: TestApp) {
    let ada = app.user().await;
    let token = app.token_mailed_to("ada@example.com").await;
    app.clock.advance(24 * 60 * MINUTES);
    ada.verify_email(&token).await.expect_problem(422, "invalid_one_time_token");

    let emails = ada.get("/me/emails").await.expect(200).json();
    send_verification(&ada, &emails[0]).await.expect(202);
    app.verify("ada@example.com").await;
    send_verification(&ada, &emails[0]).await.expect_problem(409, "email_verified");
}

#[apply(every_database)]
async fn what_is_no_token_is_told_so(app: TestApp) {
    let ada = app.user().await;
    let mut token = app.token_mailed_to("ada@example.com").await;
    let last = if token.ends_with('a') { "b" } else { "a" };
    token.replace_range(token.len() - 1.., last);
    let problem = ada.verify_email(&token).await.expect_problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], "/token");
    assert_eq!(problem["errors"][0]["code"], "invalid_token");
    // The token of a session is no one-time token.
    let session = app.log_in("ada@example.com").await;
    ada.verify_email(session.token()).await.expect_problem(422, "validation_failed");
}

#[apply(every_database)]
async fn a_second_address_can_become_the_default_once_it_is_verified(app: TestApp) {
    let ada = app.active_user().await;
    let second = add(&ada, "Ada@Bücher.example").await;
    assert_eq!(second["email"], "Ada@Bücher.example", "the address is stored as it was typed");
    assert_eq!((&second["verified"], &second["default"]), (&json!(false), &json!(false)));
    ada.set_default_email(&second).await.expect_problem(409, "email_not_verified");

    app.verify("Ada@Bücher.example").await;
    let user = ada.set_default_email(&second).await.expect(200);
    assert_eq!(user.json()["defaultEmail"], "Ada@Bücher.example");
    assert_eq!(user.header("etag"), ada.get("/me").await.expect(200).header("etag"));
    ada.set_default_email(&second).await.expect(200);

    let emails = ada.get("/me/emails").await.expect(200).json();
    assert_eq!((&emails[0]["default"], &emails[1]["default"]), (&json!(false), &json!(true)));
    app.anonymous.try_log_in("ada@bücher.example", PASSWORD).await.expect(200);
}

#[apply(every_database)]
async fn of_two_default_changes_at_once_one_is_last(app: TestApp) {
    let ada = app.active_user().await;
    let mut emails = Vec::new();
    for email in ["one@example.com", "two@example.com"] {
        emails.push(add(&ada, email).await);
        app.verify(email).await;
    }
    let before = app.mails_to("ada@example.com").await.len();
    let (one, two) =
        tokio::join!(ada.set_default_email(&emails[0]), ada.set_default_email(&emails[1]));
    let (one, two) = (one.expect(200).json(), two.expect(200).json());
    let now = ada.get("/me").await.expect(200).json();
    assert!([&one, &two].into_iter().any(|user| user["defaultEmail"] == now["defaultEmail"]));
    let emails = ada.get("/me/emails").await.expect(200).json();
    let defaults = emails.as_array().unwrap().iter().filter(|email| email["default"] == true);
    assert_eq!(defaults.count(), 1);
    // Each change notified the previous default address. The first change notified Ada's first
    // address. The second change notified the address that the first change had set.
    assert_eq!(app.mails_to("ada@example.com").await.len(), before + 1);
}

#[apply(every_database)]
async fn the_default_and_the_last_address_stay(app: TestApp) {
    let ada = app.active_user().await;
    let first = ada.get("/me/emails").await.expect(200).json()[0].clone();
    ada.remove_email(&first).await.expect_problem(409, "default_email");
    let second = add(&ada, "second@example.com").await;
    ada.remove_email(&second).await.expect(204);
    ada.remove_email(&second).await.expect_problem(404, "not_found");
    ada.set_default_email(&second).await.expect_problem(404, "not_found");
    send_verification(&ada, &second).await.expect_problem(404, "not_found");

    // The last address stays even without a default address.
    let eve = app.sign_up_and_log_in("eve@example.com").await;
    app.clock.advance(MINUTES);
    let claim = add(&ada, "eve@example.com").await;
    assert_eq!(app.mails_to("eve@example.com").await.len(), 2);
    app.verify("eve@example.com").await;
    assert!(addresses(&eve).await.is_empty());
    ada.remove_email(&claim).await.expect(204);
    let only = add(&eve, "eve@example.org").await;
    eve.remove_email(&only).await.expect_problem(409, "last_email");
}

#[apply(every_database)]
async fn other_peoples_addresses_are_not_there(app: TestApp) {
    let ada = app.active_user().await;
    let eve = app.sign_up_and_log_in("eve@example.com").await;
    let hers = eve.get("/me/emails").await.expect(200).json()[0].clone();
    ada.remove_email(&hers).await.expect_problem(404, "not_found");
    ada.set_default_email(&hers).await.expect_problem(404, "not_found");
    send_verification(&ada, &hers).await.expect_problem(404, "not_found");
    assert_eq!(addresses(&eve).await, ["eve@example.com"]);
}

#[apply(every_database)]
async fn a_token_for_an_address_that_was_removed_is_worth_nothing(app: TestApp) {
    let ada = app.active_user().await;
    let second = add(&ada, "second@example.com").await;
    let token = app.token_mailed_to("second@example.com").await;
    ada.remove_email(&second).await.expect(204);
    ada.verify_email(&token).await.expect_problem(422, "invalid_one_time_token");
    // A message to a removed address that is not sent yet is never sent.
    let again = add(&ada, "third@example.com").await;
    ada.remove_email(&again).await.expect(204);
    assert!(app.mails_to("third@example.com").await.is_empty());
}

#[apply(every_database)]
async fn a_user_has_twenty_addresses_at_most_and_adds_ten_an_hour(app: TestApp) {
    let mut ada = app.active_user().await;
    let (mut added, mut waited) = (0, 0);
    let refused = loop {
        let reply = ada.add_email(&format!("ada{added}@example.com")).await;
        match reply.status.as_u16() {
            201 => added += 1,
            429 => {
                let seconds: u64 = reply.header("retry-after").parse().unwrap();
                assert!((1..=3600).contains(&seconds), "{seconds}");
                reply.expect_problem(429, "too_many_requests");
                waited += 1;
                app.clock.advance(Duration::from_secs(seconds));
                app.deliver().await;
                ada = ada.reauthenticated().await;
            }
            _ => break reply,
        }
    };
    refused.expect_problem(409, "too_many_emails");
    assert_eq!((added, waited), (19, 1));
    ada.add_email("ADA@example.com").await.expect_problem(409, "email_taken");
}

#[apply(every_database)]
async fn a_user_asks_for_three_tokens_an_hour_for_one_address(app: TestApp) {
    let ada = app.user().await;
    let emails = ada.get("/me/emails").await.expect(200).json();
    // The sign-up requested the first token.
    for _ in 1..3 {
        send_verification(&ada, &emails[0]).await.expect(202);
    }
    send_verification(&ada, &emails[0]).await.expect_problem(429, "too_many_requests");
    assert_eq!(app.mails_to("ada@example.com").await.len(), 3);
    // Removing an address and adding it again does not help.
    let mut second = add(&ada, "second@example.com").await;
    for _ in 1..3 {
        ada.remove_email(&second).await.expect(204);
        second = add(&ada, "second@example.com").await;
    }
    app.deliver().await;
    ada.remove_email(&second).await.expect(204);
    ada.add_email("second@example.com").await.expect_problem(429, "too_many_requests");
    app.clock.advance(60 * MINUTES);
    let ada = ada.reauthenticated().await;
    send_verification(&ada, &emails[0]).await.expect(202);
}

#[apply(every_database)]
async fn nobody_can_flood_a_mailbox_by_signing_up_with_it(app: TestApp) {
    for _ in 0..15 {
        app.sign_up("ada@example.com").await;
        app.clock.advance(MINUTES);
    }
    assert_eq!(app.mails_to("ada@example.com").await.len(), 10);
}

#[apply(every_database)]
async fn addresses_with_tags_share_the_mails_of_their_mailbox(app: TestApp) {
    for number in 0..15 {
        app.sign_up(&format!("ada+{number}@example.com")).await;
    }
    app.deliver().await;
    assert_eq!(app.inbox.mailbox.all().len(), 10);
    // The owner gets a mail, although others have used up those of the mailbox.
    let ada = app.sign_up_and_log_in("ada@example.com").await;
    assert!(app.mails_to("ada@example.com").await.is_empty());
    let email = ada.get("/me/emails").await.expect(200).json()[0].clone();
    send_verification(&ada, &email).await.expect(202);
    assert_eq!(app.mails_to("ada@example.com").await.len(), 1);
}

#[apply(every_database)]
async fn one_client_adds_ten_tags_of_one_mailbox_an_hour_whatever_the_account(app: TestApp) {
    let users = [app.active_user().await, app.another_active_user("eve@example.com").await];
    for number in 0..10 {
        let email = format!("victim+{number}@example.com");
        users[number % 2].add_email(&email).await.expect(201);
    }
    let refused = users[0].add_email("Victim@example.com").await;
    assert!(refused.header("ratelimit").contains("\"verification-address\";r=0;"));
    refused.expect_problem(429, "too_many_requests");
    users[0].add_email("other@example.com").await.expect(201);
}
