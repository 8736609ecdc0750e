//! Pre-registration: an account that was created with the address of another person opens
//! nothing to its creator, whatever the owner of the address does.

use std::sync::Arc;

use current_user::account::Policy;
use current_user::account::administration::{Administration, Invitation, invite};
use current_user::value::{Email, TextValue as _};

use super::{MINUTES, add, addresses, send_verification};
use crate::support::{Client, PASSWORD, TestApp, apply, every_database};

const ADA: &str = "ada@example.com";
const EVE: &str = "eve@example.com";
const NEW: &str = "incorrect donkey battery";

/// Eve has signed up with Ada's address, and has added and verified her own.
async fn pre_registered(app: &TestApp) -> Client {
    let eve = app.sign_up_and_log_in(ADA).await;
    app.clock.advance(MINUTES);
    add(&eve, EVE).await;
    let own = app.token_mailed_to(EVE).await;
    eve.verify_email(&own).await.expect(204);
    assert_eq!(eve.get("/me").await.expect(200).json()["defaultEmail"], EVE);
    eve
}

#[apply(every_database)]
async fn the_owner_who_follows_the_mail_of_an_attacker_gives_nothing_away(app: TestApp) {
    let eve = pre_registered(&app).await;
    let claim = eve.get("/me/emails").await.expect(200).json()[0].clone();
    send_verification(&eve, &claim).await.expect(202);
    let mailed = app.token_mailed_to(ADA).await;

    // Ada opens the link, without a session, and in the session of an account of her own.
    app.anonymous.verify_email(&mailed).await.expect_problem(401, "missing_token");
    let ada = app.sign_up_and_log_in("ada@example.org").await;
    ada.verify_email(&mailed).await.expect_problem(422, "invalid_one_time_token");
    let claim = eve.get("/me/emails").await.expect(200).json()[0].clone();
    assert_eq!(claim["verified"], false, "nothing has changed");

    // Ada can't get into Eve's account either.
    let before = app.mails_to(ADA).await.len();
    app.anonymous.request_password_reset(ADA).await.expect(202);
    assert_eq!(app.mails_to(ADA).await.len(), before);

    // Ada signs up with her address, and verifies it.
    app.anonymous.try_sign_up("Ada@example.com").await.expect(201);
    app.verify(ADA).await;
    let ada = app.log_in(ADA).await;
    assert_eq!(addresses(&eve).await, [EVE]);
    eve.verify_email(&mailed).await.expect_problem(422, "invalid_one_time_token");

    // Eve resets the password by her own address. That is the password of her account.
    app.reset_password(EVE, NEW).await;
    ada.get("/me").await.expect(200);
    app.anonymous.try_log_in(ADA, NEW).await.expect_problem(401, "invalid_credentials");
    let eve = app.log_in_with(EVE, NEW).await;
    assert_eq!(addresses(&eve).await, [EVE]);
}

#[apply(every_database)]
async fn a_token_of_another_account_stays_as_it_is(app: TestApp) {
    let ada = app.user().await;
    let mailed = app.token_mailed_to(ADA).await;
    let eve = app.sign_up_and_log_in(EVE).await;
    eve.verify_email(&mailed).await.expect_problem(422, "invalid_one_time_token");
    ada.verify_email(&mailed).await.expect(204);
}

#[apply(every_database)]
async fn a_session_that_has_ended_verifies_nothing(app: TestApp) {
    let ada = app.user().await;
    let mailed = app.token_mailed_to(ADA).await;
    ada.log_out().await.expect(204);
    ada.verify_email(&mailed).await.expect_problem(401, "invalid_token");
}

#[apply(every_database)]
async fn proving_an_address_ends_the_tokens_of_all_other_claims(app: TestApp) {
    let eve = app.user().await;
    let hers = app.token_mailed_to(ADA).await;
    app.anonymous.request_password_reset(ADA).await.expect(202);
    let reset = app.token_mailed_to(ADA).await;
    assert_ne!(hers, reset);
    // Another mail to the address waits in the outbox.
    let claim = eve.get("/me/emails").await.expect(200).json()[0].clone();
    let bob = app.sign_up_and_log_in("bob@example.com").await;
    app.verify("bob@example.com").await;
    app.clock.advance(MINUTES);
    let added = add(&bob, ADA).await;
    let his = app.token_mailed_to(ADA).await;
    let before = app.mails_to(ADA).await.len();
    send_verification(&eve, &claim).await.expect(202);

    bob.verify_email(&his).await.expect(204);
    eve.verify_email(&hers).await.expect_problem(422, "invalid_one_time_token");
    let refused = app.anonymous.confirm_password_reset(&reset, NEW).await;
    refused.expect_problem(422, "invalid_one_time_token");
    assert_eq!(app.mails_to(ADA).await.len(), before, "the mail that waited is not sent");
    app.anonymous.refuse_email(&hers).await.expect_problem(422, "invalid_one_time_token");
    assert!(addresses(&eve).await.is_empty());
    send_verification(&bob, &added).await.expect_problem(409, "email_verified");
}

#[apply(every_database)]
async fn a_reset_by_an_address_that_was_never_proved_takes_everything_else_away(app: TestApp) {
    let eve = app.user().await;
    let second = app.log_in(ADA).await;
    add(&eve, EVE).await;
    let hers = app.token_mailed_to(EVE).await;
    // Such an account can't set a phone number any more, but an older one may have one.
    app.database.execute("UPDATE users SET phone_number = '+442071838750'").await;

    app.reset_password(ADA, NEW).await;

    for session in [&eve, &second] {
        session.get("/me").await.expect_problem(401, "invalid_token");
    }
    let refused = app.anonymous.try_log_in(ADA, PASSWORD).await;
    refused.expect_problem(401, "invalid_credentials");
    let ada = app.log_in_with(ADA, NEW).await;
    assert_eq!(addresses(&ada).await, [ADA]);
    assert_eq!(ada.get("/me").await.expect(200).json()["phoneNumber"], "");
    ada.verify_email(&hers).await.expect_problem(422, "invalid_one_time_token");
    app.deliver().await;
    let recovery = ada.get("/me/recovery-tokens").await.expect(200).json();
    assert_eq!(recovery.as_array().unwrap().len(), 1);
    assert_eq!(recovery[0]["email"], ADA);
    assert_eq!(recovery[0]["reason"], "password_reset");

    // Nothing is mailed to Eve any more.
    let before = app.mails_to(EVE).await.len();
    app.anonymous.request_password_reset(EVE).await.expect(202);
    assert_eq!(app.mails_to(EVE).await.len(), before);
}

#[apply(every_database)]
async fn a_reset_by_an_unproved_address_is_refused_once_another_was_proved(app: TestApp) {
    // The token was mailed while Ada's address was the only one.
    let eve = app.user().await;
    app.anonymous.request_password_reset(ADA).await.expect(202);
    let mailed = app.token_mailed_to(ADA).await;
    add(&eve, EVE).await;
    let own = app.token_mailed_to(EVE).await;
    eve.verify_email(&own).await.expect(204);

    let refused = app.anonymous.confirm_password_reset(&mailed, NEW).await;
    refused.expect_problem(422, "invalid_one_time_token");
    eve.get("/me").await.expect(200);
    assert_eq!(addresses(&eve).await, [ADA, EVE], "nothing has changed");
    // A person whose address was mistyped at a sign-up gets nothing, and is not hindered.
    app.anonymous.try_sign_up(ADA).await.expect(201);
    app.verify(ADA).await;
    assert_eq!(addresses(&eve).await, [EVE]);
}

#[apply(every_database)]
async fn a_reset_by_one_of_several_proved_addresses_keeps_all_and_tells_all(app: TestApp) {
    let ada = app.active_user().await;
    ada.set_phone_number("+442071838750").await.expect(202);
    ada.verify_phone_number(&app.code_sent_to("+442071838750").await).await.expect(200);
    for email in ["second@example.com", "third@example.com"] {
        app.clock.advance(MINUTES);
        add(&ada, email).await;
        app.verify(email).await;
    }
    app.clock.advance(MINUTES);
    add(&ada, "unproved@example.com").await;
    app.deliver().await;

    app.reset_password("third@example.com", NEW).await;

    let ada = app.log_in_with(ADA, NEW).await;
    let all = [ADA, "second@example.com", "third@example.com", "unproved@example.com"];
    assert_eq!(addresses(&ada).await, all);
    assert_eq!(ada.get("/me").await.expect(200).json()["phoneNumber"], "+442071838750");
    for email in &all[..3] {
        let notice = app.mails_to(email).await.pop().unwrap();
        assert_eq!(notice.subject(), "Your password was reset", "{email}");
        assert!(notice.text().contains("third@example.com"), "{}", notice.text());
        assert_eq!(notice.text().contains("#recover="), *email == ADA, "{}", notice.text());
    }
    assert_eq!(app.mails_to("unproved@example.com").await.len(), 1);
}

#[apply(every_database)]
async fn an_invited_user_who_accepts_owns_the_address(app: TestApp) {
    let eve = app.user().await;
    let hers = app.token_mailed_to(ADA).await;
    let admin = Administration {
        store: app.store.clone(),
        clock: Arc::clone(&app.clock) as _,
        random: Arc::clone(&app.random) as _,
        policy: Policy::default(),
        secret: None,
    };
    let email = Email::parse(ADA).unwrap();
    invite(&admin, Invitation { email, name: None, locale: None }).await.unwrap();
    let invitation = app.token_mailed_to(ADA).await;

    app.anonymous.confirm_password_reset(&invitation, NEW).await.expect(204);
    assert!(addresses(&eve).await.is_empty());
    eve.verify_email(&hers).await.expect_problem(422, "invalid_one_time_token");
    let ada = app.log_in_with(ADA, NEW).await;
    assert_eq!(addresses(&ada).await, [ADA]);
}
