//! /me/events

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, Reply, on_every_database};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const ADA: &str = "ada@example.com";

async fn events(client: &Client) -> Vec<Value> {
    let page = client.get("/me/events?limit=100").await.expect(200).json();
    assert_eq!(page.get("nextPageToken"), None);
    page["results"].as_array().unwrap().clone()
}

/// What happened, oldest first, with what it was about.
async fn history(client: &Client) -> Vec<String> {
    let tell = |event: &Value| match event["subject"].as_str() {
        Some(subject) => format!("{} {subject}", event["type"].as_str().unwrap()),
        None => event["type"].as_str().unwrap().to_owned(),
    };
    events(client).await.iter().rev().map(tell).collect()
}

#[tokio::test]
async fn an_event_says_what_happened_when_and_from_where() {
    for app in on_every_database().await {
        let ada = app.user().await;
        let all = events(&ada).await;
        assert_eq!(
            all[0],
            json!({
                "id": all[0]["id"],
                "type": "logged_in",
                "createdAt": "2026-11-23T08:22:29.280Z",
                "ipAddress": "127.0.0.1",
                "userAgent": "tests",
            })
        );
    }
}

#[tokio::test]
async fn everything_that_matters_is_remembered() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        let second = |email: &str| json!({ "email": email });
        let new = ada.post("/me/emails", second("new@example.com")).await.expect(201).json();
        app.verify("new@example.com").await;
        let body = json!({ "emailId": new["id"] });
        ada.put("/me/default-email", body).await.expect(200);
        let old = ada.get("/me/emails").await.expect(200).json()[0]["id"].clone();
        ada.delete(&format!("/me/emails/{}", old.as_str().unwrap())).await.expect(204);

        let number = json!({ "phoneNumber": "+442071838750" });
        ada.put("/me/phone-number", number).await.expect(202);
        let code = json!({ "code": app.code_sent_to("+442071838750").await });
        ada.post("/me/phone-number/verification", code).await.expect(200);
        ada.delete("/me/phone-number").await.expect(204);

        let passwords = json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD });
        ada.put("/me/password", passwords).await.expect(204);
        ada.post("/me/reauthentication", json!({ "password": "wrong" }))
            .await
            .expect_problem(403, "wrong_password");
        ada.post("/me/reauthentication", json!({ "password": PASSWORD })).await.expect(204);
        for _ in 0..2 {
            app.log_in("new@example.com").await;
        }
        let sessions = ada.get("/me/sessions").await.expect(200).json();
        let other = sessions.as_array().unwrap().iter().find(|one| one["current"] == false);
        let other = other.unwrap()["id"].as_str().unwrap();
        ada.delete(&format!("/me/sessions/{other}")).await.expect(204);
        ada.delete("/me/sessions").await.expect(204);
        Reply::to(ada.request(Method::POST, "/logout")).await.expect(204);

        app.anonymous.post("/password-resets", second("NEW@example.com")).await.expect(202);
        let token = app.token_mailed_to("new@example.com").await;
        let body = json!({ "token": token, "newPassword": PASSWORD });
        app.anonymous.post("/password-resets/confirm", body).await.expect(204);
        let ada = app.log_in("new@example.com").await;
        ada.get("/me/export").await.expect(200);
        ada.delete("/me").await.expect(202);
        let body = json!({ "email": "new@example.com", "password": PASSWORD });
        let token = app.anonymous.post("/restore", body).await.expect(200).json();
        let ada = app.anonymous.with_token(token["token"].as_str().unwrap());

        // Of what happens at one moment, nobody knows the order.
        let mut seen = history(&ada).await;
        seen.sort_unstable();
        assert_eq!(
            seen,
            [
                "account_deleted",
                "account_restored",
                "data_exported",
                "default_email_changed new@example.com",
                "email_added new@example.com",
                "email_removed ada@example.com",
                "email_verified ada@example.com",
                "email_verified new@example.com",
                "logged_in",
                "logged_in",
                "logged_in",
                "logged_in",
                "logged_out",
                "other_sessions_ended",
                "password_changed",
                "password_reset new@example.com",
                "password_reset_mailed new@example.com",
                "phone_number_changed +442071838750",
                "phone_number_removed +442071838750",
                "reauthenticated",
                "session_ended",
                "signed_up",
                "wrong_password",
            ]
        );
    }
}

#[tokio::test]
async fn a_log_in_that_failed_is_remembered_but_no_flood_of_them() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        for _ in 0..25 {
            let body = json!({ "email": ADA, "password": "wrong" });
            let reply = app.anonymous.post("/login", body).await;
            reply.expect_problem(401, "invalid_credentials");
        }
        app.activity.settle().await;
        let all = events(&ada).await;
        let failed: Vec<_> = all.iter().filter(|one| one["type"] == "login_failed").collect();
        assert_eq!(failed.len(), 20);
        assert_eq!(failed[0]["ipAddress"], "127.0.0.1");
    }
}

#[tokio::test]
async fn whoever_signed_up_with_the_address_of_another_does_not_see_where_from_they_try() {
    for app in on_every_database().await {
        let eve = app.user().await;
        let body = json!({ "email": ADA, "password": "the password of ada" });
        app.anonymous.post("/login", body).await.expect_problem(401, "invalid_credentials");
        app.activity.settle().await;
        let failed = &events(&eve).await;
        let failed = failed.iter().find(|one| one["type"] == "login_failed").unwrap();
        assert_eq!((failed.get("ipAddress"), failed.get("userAgent")), (None, None));
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap() {
    for app in on_every_database().await {
        let ada = app.user().await;
        for _ in 0..5 {
            ada.delete("/me/sessions").await.expect(204);
            app.clock.advance(Duration::from_secs(1));
        }
        let all = events(&ada).await;
        let (mut seen, mut query) = (Vec::new(), String::new());
        loop {
            let page = ada.get(&format!("/me/events?limit=3{query}")).await.expect(200).json();
            let results = page["results"].as_array().unwrap();
            assert!(results.len() <= 3);
            seen.extend(results.clone());
            // What happens meanwhile moves no page.
            ada.delete("/me/sessions").await.expect(204);
            match page["nextPageToken"].as_str() {
                Some(token) => query = format!("&pageToken={token}"),
                None => break,
            }
        }
        assert_eq!(seen, all);
        let first = ada.get("/me/events").await.expect(200).json();
        assert_eq!(first["results"].as_array().unwrap().len(), 10, "20 at most, by default");
    }
}

#[tokio::test]
async fn events_are_kept_for_a_year_and_nobody_sees_those_of_others() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        app.sign_up("eve@example.com").await;
        let eve = app.log_in("eve@example.com").await;
        assert_eq!(history(&eve).await, ["signed_up", "logged_in"]);

        let one = &events(&ada).await[0]["id"];
        let page = eve.get(&format!("/me/events?pageToken={}", one.as_str().unwrap())).await;
        let page = page.expect(200).json();
        assert!(page["results"].as_array().unwrap().iter().all(|event| event["id"] != *one));

        app.clock.advance(365 * DAY);
        let ada = app.log_in(ADA).await;
        assert_eq!(history(&ada).await, ["logged_in"], "not shown");
        app.forget_old_events().await;
        let other = app.database.connect().await;
        assert_eq!(app.rows_of(&other, "events", "user_id IS NOT NULL").await, 1, "nor kept");
        other.close().await.unwrap();
    }
}

#[tokio::test]
async fn what_did_not_happen_is_not_remembered() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        let before = history(&ada).await;
        ada.post("/me/emails", json!({ "email": ADA })).await.expect_problem(409, "email_taken");
        let nobodys = "/me/sessions/00000000-0000-7000-8000-000000000000";
        ada.delete(nobodys).await.expect_problem(404, "not_found");
        assert_eq!(history(&ada).await, before);
    }
}

#[tokio::test]
async fn who_loses_an_address_or_a_number_learns_of_it() {
    for app in on_every_database().await {
        let eve = app.user().await;
        app.mails_to(ADA).await;
        let body = json!({ "email": ADA, "password": PASSWORD, "name": "Ada" });
        app.anonymous.post("/signup", body).await.expect(201);
        app.verify(ADA).await;
        assert_eq!(history(&eve).await.last().unwrap(), "email_lost ada@example.com");
    }
}
