//! The delivery of messages, from the request that causes them to the recipient.

use current_user::account::outbox::Deliveries;
use std::time::Duration;

use serde_json::json;

use crate::support::{Misbehaviour, PASSWORD, Setup, TestApp, TestDatabase, apply, every_database};

const SECONDS: Duration = Duration::from_secs(1);
const ADA: &str = "ada@example.com";

#[apply(every_database)]
async fn a_mail_server_that_has_to_wait_gets_it_later(app: TestApp) {
    app.inbox.mailbox.misbehave(Misbehaviour::RefuseRecipientForNow);
    app.user().await;
    for wait in [10, 20, 40] {
        assert!(app.mails_to(ADA).await.is_empty());
        app.clock.advance((wait - 1) * SECONDS);
        app.deliver().await;
        let connections = app.inbox.mailbox.connections();
        app.clock.advance(SECONDS);
        app.deliver().await;
        assert_eq!(app.inbox.mailbox.connections() - connections, 1, "after {wait} s");
    }
    app.inbox.mailbox.misbehave(Misbehaviour::None);
    app.clock.advance(80 * SECONDS);
    app.verify(ADA).await;
    assert_eq!(app.mails_to(ADA).await.len(), 1);
}

#[apply(every_database)]
async fn what_is_refused_for_good_is_not_tried_again(app: TestApp) {
    app.inbox.mailbox.misbehave(Misbehaviour::RefuseRecipient);
    let ada = app.user().await;
    app.deliver().await;
    app.inbox.mailbox.misbehave(Misbehaviour::None);
    app.clock.advance(3600 * SECONDS);
    assert!(app.mails_to(ADA).await.is_empty());
    // Once the mailbox exists, the address can still be verified.
    let emails = ada.get("/me/emails").await.expect(200).json();
    let path = format!("/me/emails/{}/verification", emails[0]["id"].as_str().unwrap());
    ada.post(&path, json!({})).await.expect(202);
    app.verify(ADA).await;
}

#[apply(every_database)]
async fn a_mail_of_which_nobody_knows_whether_it_arrived_is_sent_again(app: TestApp) {
    app.inbox.mailbox.misbehave(Misbehaviour::HangUpAfterData);
    let ada = app.user().await;
    app.deliver().await;
    app.inbox.mailbox.misbehave(Misbehaviour::None);
    app.clock.advance(10 * SECONDS);
    let mails = app.mails_to(ADA).await;
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
    assert_ne!(mails[0].token(), mails[1].token());
    // The token of each of the two mails works.
    ada.verify_email(&mails[0].token()).await.expect(204);
}

#[apply(every_database)]
async fn a_node_that_falls_over_while_it_sends_leaves_it_to_another_one(app: TestApp) {
    app.inbox.mailbox.misbehave(Misbehaviour::Stall);
    app.user().await;
    let falls_over = tokio::spawn({
        let delivery = app.delivery.clone();
        async move { delivery.deliver_due().await }
    });
    while app.inbox.mailbox.connections() == 0 {
        tokio::task::yield_now().await;
    }
    falls_over.abort();
    app.inbox.mailbox.misbehave(Misbehaviour::None);

    assert!(app.mails_to(ADA).await.is_empty(), "the other node may still be sending");
    app.clock.advance(20 * SECONDS);
    app.verify(ADA).await;
}

#[apply(every_database)]
async fn a_mail_server_that_stalls_is_given_up_in_time(database: TestDatabase) {
    let setup = Setup { send_timeout: Duration::from_millis(200), ..Setup::default() };
    let app = TestApp::start(database, setup).await;
    app.inbox.mailbox.misbehave(Misbehaviour::Stall);
    app.user().await;
    app.deliver().await;
    app.inbox.mailbox.misbehave(Misbehaviour::None);
    app.clock.advance(10 * SECONDS);
    app.verify(ADA).await;
}

#[apply(every_database)]
async fn many_who_send_at_once_send_each_message_once(database: TestDatabase) {
    let app = TestApp::without_limits(database).await;
    app.user().await;
    for number in 0..20 {
        let email = format!("ada{number}@example.com");
        app.anonymous.request_password_reset(&email).await.expect(202);
        app.sign_up(&format!("eve{number}@example.com")).await;
    }
    let nodes = (0..4).map(|_| app.delivery.deliver_due());
    for sent in futures_util::future::join_all(nodes).await {
        sent.unwrap();
    }
    let mails = app.inbox.mailbox.all();
    assert_eq!(mails.len(), 21, "one mail for each sign-up");
}

#[apply(every_database)]
async fn a_message_that_is_too_old_is_given_up(app: TestApp) {
    app.active_user().await;
    app.inbox.mailbox.misbehave(Misbehaviour::RefuseRecipientForNow);
    app.anonymous.request_password_reset(ADA).await.expect(202);
    app.deliver().await;
    app.clock.advance(3600 * SECONDS);
    app.inbox.mailbox.misbehave(Misbehaviour::None);
    assert_eq!(app.mails_to(ADA).await.len(), 1, "only the verification mail was sent");
}

#[apply(every_database)]
async fn a_change_that_did_not_happen_is_not_told(app: TestApp) {
    let ada = app.active_user().await;
    let before = app.inbox.mailbox.all().len();
    ada.add_email(ADA).await.expect_problem(409, "email_taken");
    app.anonymous.try_sign_up(ADA).await.expect_problem(409, "email_taken");
    ada.change_password("wrong", "another donkey").await.expect_problem(403, "wrong_password");
    app.deliver().await;
    assert_eq!(app.inbox.mailbox.all().len(), before);
}

#[apply(every_database)]
async fn people_are_written_to_in_their_language(app: TestApp) {
    for (email, locale) in [("de@example.com", "de-AT"), ("xx@example.com", "zu")] {
        let body = json!({ "email": email, "password": PASSWORD, "name": "Ada", "locale": locale });
        app.anonymous.post("/signup", body).await.expect(201);
    }
    let german = app.mails_to("de@example.com").await;
    assert!(german[0].subject().starts_with("Bestätigen"), "{}", german[0].subject());
    let english = app.mails_to("xx@example.com").await;
    assert!(english[0].subject().starts_with("Confirm"), "{}", english[0].subject());
}

#[apply(every_database)]
async fn a_mail_server_that_stalls_holds_back_no_code(app: TestApp) {
    let ada = app.active_user().await;
    app.inbox.mailbox.misbehave(Misbehaviour::Stall);
    for number in 0..8 {
        ada.add_email(&format!("ada{number}@example.com")).await.expect(201);
    }
    let deliveries = Deliveries::start(&app.delivery);
    while app.inbox.mailbox.connections() < 2 {
        tokio::task::yield_now().await;
    }
    let number = "+442071838750";
    ada.set_phone_number(number).await.expect(202);
    while app.inbox.texts_to(number).is_empty() {
        tokio::task::yield_now().await;
    }
    drop(deliveries);
}

#[apply(every_database)]
async fn a_stranger_writes_nothing_into_mail_to_an_address_that_is_not_theirs(app: TestApp) {
    // As long as a greeting allowed, and as long as the part before the `@` may be.
    let lure = format!("{:!<64}", "You won a prize, call 0900 123456 now");
    let tag = format!("victim+{:0<57}", "call-0900-123456-to-claim-your-prize-now-");
    assert_eq!((lure.len(), tag.len()), (64, 64));
    let address = format!("{tag}@example.com");
    for (number, locale) in (10..).zip(["en", "de", "fr"]) {
        let client = app.anonymous.at_address([127, 0, 0, number]);
        let email = address.replace("@", &format!("@{locale}."));
        let body = json!({ "email": email, "password": PASSWORD, "name": lure, "locale": locale });
        client.post("/signup", body).await.expect(201);
        client.request_password_reset(&email).await.expect(202);
        let mails = app.mails_to(&email).await;
        assert_eq!(mails.len(), 2, "to verify the address and to reset the password");
        for mail in &mails {
            for text in [mail.subject(), mail.text(), mail.html()] {
                assert!(!text.contains("prize") && !text.contains("0900"), "{locale}: {text}");
            }
        }
        // Whoever proved the address is greeted by the name that they chose.
        let reply = client.confirm_password_reset(&mails[1].token(), "incorrect donkey").await;
        reply.expect(204);
        client.request_password_reset(&email).await.expect(202);
        let mail = app.mails_to(&email).await.pop().unwrap();
        assert!(mail.text().contains(&lure), "{locale}: {}", mail.text());
    }
}
