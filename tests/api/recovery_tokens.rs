//! /me/recovery-tokens, and when recovery tokens end.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestApp, apply, every_database};

const MINUTES: Duration = Duration::from_secs(60);
const ADA: &str = "ada@example.com";
const SECOND: &str = "second@example.com";
const NEW: &str = "incorrect donkey battery";

/// The recovery tokens that the user sees.
async fn tokens(client: &Client) -> Vec<Value> {
    client.get("/me/recovery-tokens").await.expect(200).json().as_array().unwrap().clone()
}

fn path(token: &Value) -> String {
    format!("/me/recovery-tokens/{}", token["id"].as_str().unwrap())
}

/// Adds an address and verifies it. Returns it, and the token of the notice to Ada's address.
async fn add_second(app: &TestApp, ada: &Client) -> (Value, String) {
    let second = ada.add_email(SECOND).await.expect(201).json();
    app.verify(SECOND).await;
    (second, app.mails_to(ADA).await.pop().unwrap().token())
}

async fn recovers(app: &TestApp, token: &str) -> u16 {
    app.anonymous.confirm_password_reset(token, NEW).await.status.as_u16()
}

async fn addresses(client: &Client) -> Vec<String> {
    let emails = client.get("/me/emails").await.expect(200).json();
    let emails = emails.as_array().unwrap().iter();
    emails.map(|email| email["email"].as_str().unwrap().to_owned()).collect()
}

#[apply(every_database)]
async fn the_owner_sees_and_revokes_them(app: TestApp) {
    let ada = app.active_user().await;
    assert!(tokens(&ada).await.is_empty());
    let (_, recovery) = add_second(&app, &ada).await;
    let listed = tokens(&ada).await;
    assert_eq!(
        listed,
        [json!({
            "id": listed[0]["id"],
            "email": ADA,
            "reason": "email_added",
            "createdAt": "2026-11-23T08:22:30.280Z",
            "expiresAt": "2026-11-30T08:22:30.280Z",
            "revocable": true,
        })]
    );

    // The session has proved the password recently, but before the notice.
    let refused = ada.delete(&path(&listed[0])).await;
    refused.expect_problem(403, "reauthentication_required");
    ada.delete("/me/recovery-tokens").await.expect_problem(403, "reauthentication_required");
    app.clock.advance(MINUTES);
    let ada = ada.reauthenticated().await;
    app.clock.advance(MINUTES);
    ada.delete(&path(&listed[0])).await.expect(204);
    assert!(tokens(&ada).await.is_empty());
    assert_eq!(recovers(&app, &recovery).await, 422);
    let notice = app.mails_to(ADA).await.pop().unwrap();
    assert_eq!(notice.subject(), "A link in an earlier message was revoked");
    assert!(!notice.text().contains("cu1_"), "{}", notice.text());
    let events = ada.get("/me/events").await.expect(200).json();
    assert_eq!(events["results"][0]["type"], "recovery_token_revoked");
    ada.delete(&path(&listed[0])).await.expect_problem(404, "not_found");
}

#[apply(every_database)]
async fn an_intruder_who_knows_the_password_can_not_take_the_way_back_away(app: TestApp) {
    app.active_user().await;
    app.clock.advance(MINUTES);
    let eve = app.log_in(ADA).await;
    let (second, _) = add_second(&app, &eve).await;
    app.clock.advance(MINUTES);
    let eve = eve.reauthenticated().await;
    // Eve revokes what she can while Ada's address is the default.
    eve.delete("/me/recovery-tokens").await.expect(204);
    app.clock.advance(MINUTES);
    eve.set_default_email(&second).await.expect(200);
    let mine = app.mails_to(ADA).await.pop().unwrap().token();
    app.clock.advance(MINUTES);
    let eve = eve.reauthenticated().await;

    let listed = tokens(&eve).await;
    assert_eq!((&listed[0]["email"], &listed[0]["revocable"]), (&json!(ADA), &json!(false)));
    let refused = eve.delete(&path(&listed[0])).await;
    refused.expect_problem(409, "recovery_token_protected");
    eve.delete("/me/recovery-tokens").await.expect(204);
    // Neither another change, nor the removal of Ada's address, nor a reset helps her.
    let old = eve.get("/me/emails").await.expect(200).json()[0].clone();
    eve.remove_email(&old).await.expect(204);
    eve.change_password(PASSWORD, "stolen it is now").await.expect(204);
    eve.add_email(ADA).await.expect(201);
    app.clock.advance(MINUTES);
    app.reset_password(SECOND, "stolen once more").await;
    let eve = app.log_in_with(SECOND, "stolen once more").await;
    eve.delete("/me/recovery-tokens").await.expect(204);

    assert_eq!(recovers(&app, &mine).await, 204);
    let ada = app.log_in_with(ADA, NEW).await;
    assert_eq!(addresses(&ada).await, [ADA]);
    eve.get("/me").await.expect_problem(401, "invalid_token");
}

#[apply(every_database)]
async fn the_owner_revokes_the_way_back_of_an_address_that_came_later(app: TestApp) {
    let ada = app.active_user().await;
    app.clock.advance(MINUTES);
    // Eve was here: her address is the default.
    let (second, _) = add_second(&app, &ada).await;
    ada.set_default_email(&second).await.expect(200);
    app.clock.advance(MINUTES);
    let first = ada.get("/me/emails").await.expect(200).json()[0].clone();
    ada.set_default_email(&first).await.expect(200);
    let hers = app.mails_to(SECOND).await.pop().unwrap().token();
    app.clock.advance(MINUTES);
    let ada = ada.reauthenticated().await;

    let listed = tokens(&ada).await;
    assert_eq!((&listed[0]["email"], &listed[0]["revocable"]), (&json!(SECOND), &json!(true)));
    ada.delete(&path(&listed[0])).await.expect(204);
    assert_eq!(recovers(&app, &hers).await, 422);
    ada.remove_email(&second).await.expect(204);
    assert_eq!(addresses(&ada).await, [ADA]);
}

#[apply(every_database)]
async fn recovery_by_a_later_address_does_not_remove_an_earlier_one(app: TestApp) {
    let ada = app.active_user().await;
    app.clock.advance(MINUTES);
    let (second, _) = add_second(&app, &ada).await;
    ada.set_default_email(&second).await.expect(200);
    let first = ada.get("/me/emails").await.expect(200).json()[0].clone();
    ada.set_default_email(&first).await.expect(200);
    let hers = app.mails_to(SECOND).await.pop().unwrap().token();
    assert_eq!(recovers(&app, &hers).await, 204);
    let eve = app.log_in_with(SECOND, NEW).await;
    assert_eq!(addresses(&eve).await, [ADA, SECOND], "Ada can still reset the password");
}

#[apply(every_database)]
async fn they_end_with_a_later_reset_unless_they_have_an_address_to_remove(app: TestApp) {
    let ada = app.active_user().await;
    app.clock.advance(MINUTES);
    ada.change_password(PASSWORD, PASSWORD).await.expect(204);
    let needless = app.token_mailed_to(ADA).await;
    app.reset_password(ADA, PASSWORD).await;
    assert_eq!(recovers(&app, &needless).await, 422);

    app.clock.advance(MINUTES);
    let ada = app.log_in(ADA).await;
    let (_, needed) = add_second(&app, &ada).await;
    app.clock.advance(MINUTES);
    // The second address may be that of an intruder.
    app.reset_password(SECOND, PASSWORD).await;
    assert_eq!(recovers(&app, &needed).await, 204);
    let ada = app.log_in_with(ADA, NEW).await;
    assert_eq!(addresses(&ada).await, [ADA]);
}

#[apply(every_database)]
async fn a_change_by_a_session_that_has_proved_the_password_since_replaces_them(app: TestApp) {
    let ada = app.active_user().await;
    app.clock.advance(MINUTES);
    let (_, earlier) = add_second(&app, &ada).await;
    app.clock.advance(MINUTES);
    ada.add_email("third@example.com").await.expect(201);
    app.deliver().await;
    assert_eq!(tokens(&ada).await.len(), 2, "the session has not proved the password since");

    app.clock.advance(MINUTES);
    let ada = ada.reauthenticated().await;
    ada.set_phone_number("+442071838750").await.expect(202);
    ada.verify_phone_number(&app.code_sent_to("+442071838750").await).await.expect(200);
    let later = app.token_mailed_to(ADA).await;
    let listed = tokens(&ada).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["reason"], "phone_number_changed");
    assert_eq!(recovers(&app, &earlier).await, 422);
    // The new one undoes what the earlier ones would have undone.
    assert_eq!(recovers(&app, &later).await, 204);
    let ada = app.log_in_with(ADA, NEW).await;
    assert_eq!(addresses(&ada).await, [ADA]);
}

#[apply(every_database)]
async fn nobody_sees_or_revokes_those_of_others(app: TestApp) {
    let ada = app.active_user().await;
    add_second(&app, &ada).await;
    let listed = tokens(&ada).await;
    app.clock.advance(MINUTES);
    let eve = app.sign_up_and_log_in("eve@example.com").await;
    assert!(tokens(&eve).await.is_empty());
    eve.delete(&path(&listed[0])).await.expect_problem(404, "not_found");
    eve.delete("/me/recovery-tokens").await.expect(204);
    assert_eq!(tokens(&ada).await.len(), 1);
}
