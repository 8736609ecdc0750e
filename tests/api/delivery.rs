//! Messages, from what causes them to whoever gets them.

use current_user::account::outbox::Deliveries;
use std::time::Duration;

use serde_json::json;

use crate::support::{Misbehaviour, PASSWORD, Setup, on_every_database, with_setup};

const SECONDS: Duration = Duration::from_secs(1);
const ADA: &str = "ada@example.com";

#[tokio::test]
async fn a_mail_server_that_has_to_wait_gets_it_later() {
    for app in on_every_database().await {
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
}

#[tokio::test]
async fn what_is_refused_for_good_is_not_tried_again() {
    for app in on_every_database().await {
        app.inbox.mailbox.misbehave(Misbehaviour::RefuseRecipient);
        let ada = app.user().await;
        app.deliver().await;
        app.inbox.mailbox.misbehave(Misbehaviour::None);
        app.clock.advance(3600 * SECONDS);
        assert!(app.mails_to(ADA).await.is_empty());
        // The address can be verified all the same, once it exists.
        let emails = ada.get("/me/emails").await.expect(200).json();
        let path = format!("/me/emails/{}/verification", emails[0]["id"].as_str().unwrap());
        ada.post(&path, json!({})).await.expect(202);
        app.verify(ADA).await;
    }
}

#[tokio::test]
async fn a_mail_of_which_nobody_knows_whether_it_arrived_is_sent_again() {
    for app in on_every_database().await {
        app.inbox.mailbox.misbehave(Misbehaviour::HangUpAfterData);
        app.user().await;
        app.deliver().await;
        app.inbox.mailbox.misbehave(Misbehaviour::None);
        app.clock.advance(10 * SECONDS);
        let mails = app.mails_to(ADA).await;
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
        assert_ne!(mails[0].token(), mails[1].token());
        // Each works, whichever arrived.
        let token = json!({ "token": mails[0].token() });
        app.anonymous.post("/email-verifications", token).await.expect(204);
    }
}

#[tokio::test]
async fn a_node_that_falls_over_while_it_sends_leaves_it_to_another_one() {
    for app in on_every_database().await {
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

        assert!(app.mails_to(ADA).await.is_empty(), "it may still be at it");
        app.clock.advance(20 * SECONDS);
        app.verify(ADA).await;
    }
}

#[tokio::test]
async fn a_mail_server_that_stalls_is_given_up_in_time() {
    let setup = Setup { send_timeout: Duration::from_millis(200), ..Setup::default() };
    for app in with_setup(setup).await {
        app.inbox.mailbox.misbehave(Misbehaviour::Stall);
        app.user().await;
        app.deliver().await;
        app.inbox.mailbox.misbehave(Misbehaviour::None);
        app.clock.advance(10 * SECONDS);
        app.verify(ADA).await;
    }
}

#[tokio::test]
async fn many_who_send_at_once_send_each_message_once() {
    for app in on_every_database().await {
        app.user().await;
        for number in 0..20 {
            let body = json!({ "email": format!("ada{number}@example.com") });
            app.anonymous.post("/password-resets", body).await.expect(202);
            app.sign_up(&format!("eve{number}@example.com")).await;
        }
        let nodes = (0..4).map(|_| app.delivery.deliver_due());
        for sent in futures_util::future::join_all(nodes).await {
            sent.unwrap();
        }
        let mails = app.inbox.mailbox.all();
        assert_eq!(mails.len(), 21, "one for each who signed up");
    }
}

#[tokio::test]
async fn a_message_that_is_too_old_is_given_up() {
    for app in on_every_database().await {
        app.active_user().await;
        app.inbox.mailbox.misbehave(Misbehaviour::RefuseRecipientForNow);
        app.anonymous.post("/password-resets", json!({ "email": ADA })).await.expect(202);
        app.deliver().await;
        app.clock.advance(3600 * SECONDS);
        app.inbox.mailbox.misbehave(Misbehaviour::None);
        assert_eq!(app.mails_to(ADA).await.len(), 1, "the one that verified the address");
    }
}

#[tokio::test]
async fn a_change_that_did_not_happen_is_not_told() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        let before = app.inbox.mailbox.all().len();
        ada.post("/me/emails", json!({ "email": ADA })).await.expect_problem(409, "email_taken");
        let body = json!({ "email": ADA, "password": PASSWORD, "name": "Ada" });
        app.anonymous.post("/signup", body).await.expect_problem(409, "email_taken");
        let wrong = json!({ "currentPassword": "wrong", "newPassword": "another donkey" });
        ada.put("/me/password", wrong).await.expect_problem(403, "wrong_password");
        app.deliver().await;
        assert_eq!(app.inbox.mailbox.all().len(), before);
    }
}

#[tokio::test]
async fn people_are_written_to_in_their_language() {
    for app in on_every_database().await {
        for (email, locale) in [("de@example.com", "de-AT"), ("xx@example.com", "zu")] {
            let body =
                json!({ "email": email, "password": PASSWORD, "name": "Ada", "locale": locale });
            app.anonymous.post("/signup", body).await.expect(201);
        }
        let german = app.mails_to("de@example.com").await;
        assert!(german[0].subject().starts_with("Bestätigen"), "{}", german[0].subject());
        let english = app.mails_to("xx@example.com").await;
        assert!(english[0].subject().starts_with("Confirm"), "{}", english[0].subject());
    }
}

#[tokio::test]
async fn a_mail_server_that_stalls_holds_back_no_code() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        app.inbox.mailbox.misbehave(Misbehaviour::Stall);
        for number in 0..8 {
            let body = json!({ "email": format!("ada{number}@example.com") });
            ada.post("/me/emails", body).await.expect(201);
        }
        let deliveries = Deliveries::start(&app.delivery);
        while app.inbox.mailbox.connections() < 2 {
            tokio::task::yield_now().await;
        }
        let number = "+442071838750";
        ada.put("/me/phone-number", json!({ "phoneNumber": number })).await.expect(202);
        while app.inbox.texts_to(number).is_empty() {
            tokio::task::yield_now().await;
        }
        drop(deliveries);
    }
}
