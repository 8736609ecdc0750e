//! /password-resets, /password-resets/confirm

use std::time::Duration;

use crate::support::{PASSWORD, TestApp, TestDatabase, apply, every_database, sorted_statuses};

const NEW: &str = "incorrect donkey battery";

#[apply(every_database)]
async fn a_reset_sets_the_password_and_ends_all_sessions(app: TestApp) {
    let ada = app.active_user().await;
    app.anonymous.request_password_reset("ADA@example.com").await.expect(202);
    let token = app.token_mailed_to("ADA@example.com").await;
    app.anonymous.confirm_password_reset(&token, NEW).await.expect(204);

    ada.get("/me").await.expect_problem(401, "invalid_token");
    app.anonymous
        .try_log_in("ada@example.com", PASSWORD)
        .await
        .expect_problem(401, "invalid_credentials");
    app.anonymous.try_log_in("ada@example.com", NEW).await.expect(200);
    app.anonymous
        .confirm_password_reset(&token, NEW)
        .await
        .expect_problem(422, "invalid_one_time_token");
    let notice = app.mails_to("ada@example.com").await.pop().unwrap();
    assert!(notice.subject().to_lowercase().contains("password"), "{}", notice.subject());
}

#[apply(every_database)]
async fn the_answer_is_the_same_whether_there_is_an_account_or_not(app: TestApp) {
    app.active_user().await;
    let mut replies = Vec::new();
    for (email, host) in [("ada@example.com", 2), ("nobody@example.com", 3)] {
        let client = app.anonymous.at_address([127, 0, 0, host]);
        let mut reply = client.request_password_reset(email).await.expect(202);
        for name in ["x-request-id", "date"] {
            reply.headers.remove(name);
        }
        replies.push(format!("{:?} {}", reply.headers, reply.text));
    }
    assert_eq!(replies[0], replies[1]);
    assert_eq!(app.mails_to("ada@example.com").await.len(), 2);
    assert!(app.mails_to("nobody@example.com").await.is_empty());
}

#[apply(every_database)]
async fn one_token_used_twice_at_once_works_once(app: TestApp) {
    app.active_user().await;
    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
    let token = app.token_mailed_to("ada@example.com").await;
    let (one, two) = tokio::join!(
        app.anonymous.confirm_password_reset(&token, "one donkey battery"),
        app.anonymous.confirm_password_reset(&token, "two donkeys battery"),
    );
    assert_eq!(sorted_statuses([&one, &two]), [204, 422]);
}

#[apply(every_database)]
async fn a_token_works_for_an_hour_and_until_another_one_is_used(app: TestApp) {
    app.active_user().await;
    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
    let late = app.token_mailed_to("ada@example.com").await;
    app.clock.advance(Duration::from_secs(60 * 60));
    app.anonymous
        .confirm_password_reset(&late, NEW)
        .await
        .expect_problem(422, "invalid_one_time_token");

    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
    let one = app.token_mailed_to("ada@example.com").await;
    app.clock.advance(Duration::from_secs(1));
    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
    let two = app.token_mailed_to("ada@example.com").await;
    assert_ne!(one, two);
    app.anonymous.confirm_password_reset(&one, NEW).await.expect(204);
    app.anonymous
        .confirm_password_reset(&two, NEW)
        .await
        .expect_problem(422, "invalid_one_time_token");
}

#[apply(every_database)]
async fn a_token_that_verifies_an_address_resets_no_password(app: TestApp) {
    let ada = app.user().await;
    let token = app.token_mailed_to("ada@example.com").await;
    app.anonymous
        .confirm_password_reset(&token, NEW)
        .await
        .expect_problem(422, "invalid_one_time_token");
    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
    let token = app.token_mailed_to("ada@example.com").await;
    ada.verify_email(&token).await.expect_problem(422, "invalid_one_time_token");
}

#[apply(every_database)]
async fn a_reset_proves_the_address_that_it_was_mailed_to(app: TestApp) {
    // Eve signed up with Ada's address before Ada did.
    let eve = app.user().await;
    app.sign_up("ada@example.com").await;
    app.reset_password("ada@example.com", NEW).await;
    let user =
        app.anonymous.try_log_in("ada@example.com", NEW).await.expect(200).json()["user"].clone();
    assert_eq!(user["status"], "active");
    // The reset opens the account that was the first to log in with the address. So Eve loses it.
    eve.get("/me").await.expect_problem(401, "invalid_token");
    let refused = app.anonymous.try_log_in("ada@example.com", PASSWORD).await;
    refused.expect_problem(401, "invalid_credentials");
}

#[apply(every_database)]
async fn nobody_can_flood_a_mailbox(database: TestDatabase) {
    // Requests that were written before a limit applied don't flood it either.
    let app = TestApp::without_limits(database).await;
    app.active_user().await;
    for _ in 0..10 {
        app.anonymous.request_password_reset("ada@example.com").await.expect(202);
        app.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(app.mails_to("ada@example.com").await.len(), 1 + 5);
    app.clock.advance(Duration::from_secs(60 * 60));
    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
    assert_eq!(app.mails_to("ada@example.com").await.len(), 1 + 6);
}

#[apply(every_database)]
async fn a_way_back_does_not_take_an_address_from_its_new_owner(app: TestApp) {
    let ada = app.active_user().await;
    let new = ada.add_email("new@example.com").await.expect(201).json();
    app.verify("new@example.com").await;
    ada.set_default_email(&new).await.expect(200);
    let notice = app.mails_to("ada@example.com").await.pop().unwrap();
    let old = ada.get("/me/emails").await.expect(200).json()[0].clone();
    ada.remove_email(&old).await.expect(204);
    // Another person has the mailbox now.
    app.sign_up("ada@example.com").await;
    app.verify("ada@example.com").await;

    let reply = app.anonymous.confirm_password_reset(&notice.token(), NEW).await;
    reply.expect_problem(409, "email_taken");
    let me = ada.get("/me").await.expect(200).json();
    assert_eq!(me["defaultEmail"], "new@example.com", "nothing has changed");
}

#[apply(every_database)]
async fn the_mail_goes_to_the_address_as_its_owner_wrote_it(app: TestApp) {
    app.active_user().await;
    let before = app.inbox.mailbox.all().len();
    app.anonymous.request_password_reset("ADA@example.com").await.expect(202);
    app.deliver().await;
    let mails = app.inbox.mailbox.all().split_off(before);
    assert_eq!(mails[0].to, ["ada@example.com"]);
}

#[apply(every_database)]
async fn whoever_signed_up_with_the_address_of_another_keeps_no_way_in(app: TestApp) {
    // Eve signs up with Ada's address.
    let eve = app.user().await;
    eve.add_email("eve@example.com").await.expect(201);
    let hers = app.token_mailed_to("eve@example.com").await;
    // Ada believes that the account is hers, and resets the password.
    app.reset_password("ada@example.com", NEW).await;

    eve.get("/me").await.expect_problem(401, "invalid_token");
    let ada = app.log_in_with("ada@example.com", NEW).await;
    ada.verify_email(&hers).await.expect_problem(422, "invalid_one_time_token");
    let emails = ada.get("/me/emails").await.expect(200).json();
    assert_eq!(emails.as_array().unwrap().len(), 1);
}
