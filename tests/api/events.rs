//! /me/events

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestApp, TestDatabase, apply, every_database};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const ADA: &str = "ada@example.com";

/// The events of the user, the newest first.
async fn events(client: &Client) -> Vec<Value> {
    let page = client.get("/me/events?limit=100").await.expect(200).json();
    assert_eq!(page.get("nextPageToken"), None);
    page["results"].as_array().unwrap().clone()
}

/// The types of the events with their subjects, the oldest first.
async fn types(client: &Client) -> Vec<String> {
    let tell = |event: &Value| match event["subject"].as_str() {
        Some(subject) => format!("{} {subject}", event["type"].as_str().unwrap()),
        None => event["type"].as_str().unwrap().to_owned(),
    };
    events(client).await.iter().rev().map(tell).collect()
}

#[apply(every_database)]
async fn an_event_says_what_happened_when_and_from_where(app: TestApp) {
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

#[apply(every_database)]
async fn everything_that_matters_is_remembered(app: TestApp) {
    let ada = app.active_user().await;
    let new = ada.add_email("new@example.com").await.expect(201).json();
    app.verify("new@example.com").await;
    ada.set_default_email(&new).await.expect(200);
    let old = &ada.get("/me/emails").await.expect(200).json()[0];
    ada.remove_email(old).await.expect(204);

    ada.set_phone_number("+442071838750").await.expect(202);
    ada.verify_phone_number(&app.code_sent_to("+442071838750").await).await.expect(200);
    ada.delete("/me/phone-number").await.expect(204);

    ada.change_password(PASSWORD, PASSWORD).await.expect(204);
    ada.reauthenticate("wrong").await.expect_problem(403, "wrong_password");
    let ada = ada.reauthenticated().await;
    for _ in 0..2 {
        app.log_in("new@example.com").await;
    }
    let sessions = ada.get("/me/sessions").await.expect(200).json();
    let other = sessions.as_array().unwrap().iter().find(|one| one["current"] == false);
    let other = other.unwrap()["id"].as_str().unwrap();
    ada.delete(&format!("/me/sessions/{other}")).await.expect(204);
    ada.delete("/me/sessions").await.expect(204);
    ada.log_out().await.expect(204);

    app.reset_password("NEW@example.com", PASSWORD).await;
    let ada = app.log_in("new@example.com").await;
    ada.get("/me/export").await.expect(200);
    ada.delete("/me").await.expect(202);
    let reply = app.anonymous.restore("new@example.com", PASSWORD).await.expect(200);
    let ada = app.anonymous.with_token_of(&reply);

    // Events of the same moment have no order.
    let mut seen = types(&ada).await;
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

#[apply(every_database)]
async fn a_log_in_that_failed_is_remembered_but_no_flood_of_them(database: TestDatabase) {
    let app = TestApp::without_limits(database).await;
    let ada = app.active_user().await;
    for _ in 0..25 {
        let reply = app.anonymous.try_log_in(ADA, "wrong").await;
        reply.expect_problem(401, "invalid_credentials");
    }
    app.write_session_activity().await;
    let all = events(&ada).await;
    let failed: Vec<_> = all.iter().filter(|one| one["type"] == "login_failed").collect();
    assert_eq!(failed.len(), 20);
    assert_eq!(failed[0]["ipAddress"], "127.0.0.1");
}

#[apply(every_database)]
async fn whoever_signed_up_with_the_address_of_another_does_not_see_where_from_they_try(
    app: TestApp,
) {
    let eve = app.user().await;
    app.anonymous
        .try_log_in(ADA, "the password of ada")
        .await
        .expect_problem(401, "invalid_credentials");
    app.write_session_activity().await;
    let failed = &events(&eve).await;
    let failed = failed.iter().find(|one| one["type"] == "login_failed").unwrap();
    assert_eq!((failed.get("ipAddress"), failed.get("userAgent")), (None, None));
}

#[apply(every_database)]
async fn pages_follow_each_other_without_a_gap(app: TestApp) {
    let ada = app.user().await;
    for _ in 0..5 {
        ada.get("/me/export").await.expect(200);
        app.clock.advance(Duration::from_secs(1));
    }
    let all = events(&ada).await;
    let (mut seen, mut query) = (Vec::new(), String::new());
    loop {
        let page = ada.get(&format!("/me/events?limit=3{query}")).await.expect(200).json();
        let results = page["results"].as_array().unwrap();
        assert!(results.len() <= 3);
        seen.extend(results.clone());
        // A new event does not move the later pages.
        ada.get("/me/export").await.expect(200);
        match page["nextPageToken"].as_str() {
            Some(token) => query = format!("&pageToken={token}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
    let first = ada.get("/me/events").await.expect(200).json();
    assert_eq!(first["results"].as_array().unwrap().len(), 10, "the default limit is 20");
}

#[apply(every_database)]
async fn events_are_kept_for_a_year_and_nobody_sees_those_of_others(app: TestApp) {
    let ada = app.active_user().await;
    app.sign_up("eve@example.com").await;
    app.clock.advance(Duration::from_secs(1));
    let eve = app.log_in("eve@example.com").await;
    assert_eq!(types(&eve).await, ["signed_up", "logged_in"]);

    let one = &events(&ada).await[0]["id"];
    let page = eve.get(&format!("/me/events?pageToken={}", one.as_str().unwrap())).await;
    let page = page.expect(200).json();
    assert!(page["results"].as_array().unwrap().iter().all(|event| event["id"] != *one));

    app.clock.advance(365 * DAY);
    let ada = app.log_in(ADA).await;
    assert_eq!(types(&ada).await, ["logged_in"], "old events are not shown");
    app.delete_old_events().await;
    assert_eq!(app.database.count("events", "user_id IS NOT NULL").await, 1, "they are deleted");
}

#[apply(every_database)]
async fn what_did_not_happen_is_not_remembered(app: TestApp) {
    let ada = app.active_user().await;
    let before = types(&ada).await;
    ada.add_email(ADA).await.expect_problem(409, "email_taken");
    let nobodys = "/me/sessions/00000000-0000-7000-8000-000000000000";
    ada.delete(nobodys).await.expect_problem(404, "not_found");
    assert_eq!(types(&ada).await, before);
}

#[apply(every_database)]
async fn who_loses_an_address_or_a_number_learns_of_it(app: TestApp) {
    let eve = app.user().await;
    app.mails_to(ADA).await;
    app.anonymous.try_sign_up(ADA).await.expect(201);
    app.verify(ADA).await;
    assert_eq!(types(&eve).await.last().unwrap(), "email_lost ada@example.com");
}

#[apply(every_database)]
async fn a_revocation_that_ends_nothing_is_no_event(app: TestApp) {
    let ada = app.active_user().await;
    let before = types(&ada).await;
    for _ in 0..30 {
        ada.delete("/me/sessions").await.expect(204);
        ada.delete("/me/phone-number").await.expect(204);
        ada.delete("/me/avatar").await.expect(204);
    }
    let emails = ada.get("/me/emails").await.expect(200).json();
    ada.set_default_email(&emails[0]).await.expect(200);
    assert_eq!(types(&ada).await, before);
    app.log_in(ADA).await;
    app.clock.advance(Duration::from_secs(1));
    ada.delete("/me/sessions").await.expect(204);
    assert_eq!(types(&ada).await.last().unwrap(), "other_sessions_ended");
}

#[apply(every_database)]
async fn events_that_repeat_bury_no_others_and_the_first_and_the_last_stay(app: TestApp) {
    let ada = app.active_user().await;
    ada.change_password(PASSWORD, PASSWORD).await.expect(204);
    let (mut first, mut last) = (String::new(), String::new());
    for round in 0..60 {
        app.clock.advance(Duration::from_secs(60));
        ada.get("/me/export").await.expect(200);
        last = events(&ada).await[0]["createdAt"].as_str().unwrap().to_owned();
        if round == 0 {
            first.clone_from(&last);
        }
    }
    let all = events(&ada).await;
    let exports: Vec<_> = all.iter().filter(|one| one["type"] == "data_exported").collect();
    assert_eq!(exports.len(), 50);
    assert_eq!(
        (&exports[0]["createdAt"], &exports[49]["createdAt"]),
        (&json!(last), &json!(first))
    );
    assert!(all.iter().any(|event| event["type"] == "password_changed"));
    // After a day there is room again.
    app.clock.advance(DAY);
    ada.get("/me/export").await.expect(200);
    assert_eq!(app.database.count("events", "kind = 'data_exported'").await, 51);
}
