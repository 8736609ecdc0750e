//! /password-resets, /password-resets/confirm

use std::time::Duration;

use serde_json::json;

use crate::support::{PASSWORD, Reply, TestApp, on_every_database};

const NEW: &str = "incorrect donkey battery";

async fn request(app: &TestApp, email: &str) -> Reply {
    app.anonymous.post("/password-resets", json!({ "email": email })).await.expect(202)
}

async fn confirm(app: &TestApp, token: &str, new: &str) -> Reply {
    let body = json!({ "token": token, "newPassword": new });
    app.anonymous.post("/password-resets/confirm", body).await
}

#[tokio::test]
async fn a_reset_sets_the_password_and_ends_all_sessions() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        request(&app, "ADA@example.com").await;
        let token = app.token_mailed_to("ADA@example.com").await;
        confirm(&app, &token, NEW).await.expect(204);

        ada.get("/me").await.expect_problem(401, "invalid_token");
        let old = json!({ "email": "ada@example.com", "password": PASSWORD });
        app.anonymous.post("/login", old).await.expect_problem(401, "invalid_credentials");
        let new = json!({ "email": "ada@example.com", "password": NEW });
        app.anonymous.post("/login", new).await.expect(200);
        confirm(&app, &token, NEW).await.expect_problem(422, "invalid_one_time_token");
        let notice = app.mails_to("ada@example.com").await.pop().unwrap();
        assert!(notice.subject().to_lowercase().contains("password"), "{}", notice.subject());
    }
}

#[tokio::test]
async fn the_answer_is_the_same_whether_there_is_an_account_or_not() {
    for app in on_every_database().await {
        app.active_user().await;
        let mut replies = Vec::new();
        for email in ["ada@example.com", "nobody@example.com"] {
            let mut reply = request(&app, email).await;
            for name in ["x-request-id", "date"] {
                reply.headers.remove(name);
            }
            replies.push(format!("{:?} {}", reply.headers, reply.text));
        }
        assert_eq!(replies[0], replies[1]);
        assert_eq!(app.mails_to("ada@example.com").await.len(), 2);
        assert!(app.mails_to("nobody@example.com").await.is_empty());
    }
}

#[tokio::test]
async fn one_token_used_twice_at_once_works_once() {
    for app in on_every_database().await {
        app.active_user().await;
        request(&app, "ada@example.com").await;
        let token = app.token_mailed_to("ada@example.com").await;
        let (one, two) = tokio::join!(
            confirm(&app, &token, "one donkey battery"),
            confirm(&app, &token, "two donkeys battery"),
        );
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 422]);
    }
}

#[tokio::test]
async fn a_token_works_for_an_hour_and_until_another_one_is_used() {
    for app in on_every_database().await {
        app.active_user().await;
        request(&app, "ada@example.com").await;
        let late = app.token_mailed_to("ada@example.com").await;
        app.clock.advance(Duration::from_secs(60 * 60));
        confirm(&app, &late, NEW).await.expect_problem(422, "invalid_one_time_token");

        request(&app, "ada@example.com").await;
        let one = app.token_mailed_to("ada@example.com").await;
        app.clock.advance(Duration::from_secs(1));
        request(&app, "ada@example.com").await;
        let two = app.token_mailed_to("ada@example.com").await;
        assert_ne!(one, two);
        confirm(&app, &one, NEW).await.expect(204);
        confirm(&app, &two, NEW).await.expect_problem(422, "invalid_one_time_token");
    }
}

#[tokio::test]
async fn a_token_that_verifies_an_address_resets_no_password() {
    for app in on_every_database().await {
        app.user().await;
        let token = app.token_mailed_to("ada@example.com").await;
        confirm(&app, &token, NEW).await.expect_problem(422, "invalid_one_time_token");
        request(&app, "ada@example.com").await;
        let token = app.token_mailed_to("ada@example.com").await;
        let body = json!({ "token": token });
        app.anonymous
            .post("/email-verifications", body)
            .await
            .expect_problem(422, "invalid_one_time_token");
    }
}

#[tokio::test]
async fn a_reset_proves_the_address_that_it_was_mailed_to() {
    for app in on_every_database().await {
        // Somebody signed up with her address before she did.
        let eve = app.user().await;
        app.sign_up("ada@example.com").await;
        request(&app, "ada@example.com").await;
        let token = app.token_mailed_to("ada@example.com").await;
        confirm(&app, &token, NEW).await.expect(204);
        let body = json!({ "email": "ada@example.com", "password": NEW });
        let user = app.anonymous.post("/login", body).await.expect(200).json()["user"].clone();
        assert_eq!(user["status"], "active");
        assert_eq!(eve.get("/me").await.expect(200).json().get("defaultEmail"), None);
    }
}

#[tokio::test]
async fn nobody_can_flood_a_mailbox() {
    for app in on_every_database().await {
        app.active_user().await;
        for _ in 0..10 {
            request(&app, "ada@example.com").await;
            app.clock.advance(Duration::from_secs(1));
        }
        assert_eq!(app.mails_to("ada@example.com").await.len(), 1 + 5);
        app.clock.advance(Duration::from_secs(60 * 60));
        request(&app, "ada@example.com").await;
        assert_eq!(app.mails_to("ada@example.com").await.len(), 1 + 6);
    }
}

#[tokio::test]
async fn a_way_back_does_not_take_an_address_from_its_new_owner() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        let body = json!({ "email": "new@example.com" });
        let new = ada.post("/me/emails", body).await.expect(201).json();
        app.verify("new@example.com").await;
        let body = json!({ "emailId": new["id"] });
        ada.put("/me/default-email", body).await.expect(200);
        let notice = app.mails_to("ada@example.com").await.pop().unwrap();
        let old = ada.get("/me/emails").await.expect(200).json()[0].clone();
        ada.delete(&format!("/me/emails/{}", old["id"].as_str().unwrap())).await.expect(204);
        // Somebody else has the mailbox now.
        app.sign_up("ada@example.com").await;
        app.verify("ada@example.com").await;

        let reply = confirm(&app, &notice.token(), NEW).await;
        reply.expect_problem(409, "email_taken");
        let me = ada.get("/me").await.expect(200).json();
        assert_eq!(me["defaultEmail"], "new@example.com", "nothing has changed");
    }
}

#[tokio::test]
async fn the_mail_goes_to_the_address_as_its_owner_wrote_it() {
    for app in on_every_database().await {
        app.active_user().await;
        let before = app.inbox.mailbox.all().len();
        request(&app, "ADA@example.com").await;
        app.deliver().await;
        let mails = app.inbox.mailbox.all().split_off(before);
        assert_eq!(mails[0].to, ["ada@example.com"]);
    }
}

#[tokio::test]
async fn whoever_signed_up_with_the_address_of_another_keeps_no_way_in() {
    for app in on_every_database().await {
        // Eve prepares an account with an address that is not hers.
        let eve = app.user().await;
        eve.post("/me/emails", json!({ "email": "eve@example.com" })).await.expect(201);
        let hers = app.token_mailed_to("eve@example.com").await;
        // Its owner takes it for her own, and resets its password.
        request(&app, "ada@example.com").await;
        let token = app.token_mailed_to("ada@example.com").await;
        confirm(&app, &token, NEW).await.expect(204);

        eve.get("/me").await.expect_problem(401, "invalid_token");
        let body = json!({ "token": hers });
        let reply = app.anonymous.post("/email-verifications", body).await;
        reply.expect_problem(422, "invalid_one_time_token");
        let body = json!({ "email": "ada@example.com", "password": NEW });
        let token = app.anonymous.post("/login", body).await.expect(200).json();
        let ada = app.anonymous.with_token(token["token"].as_str().unwrap());
        let emails = ada.get("/me/emails").await.expect(200).json();
        assert_eq!(emails.as_array().unwrap().len(), 1);
    }
}
