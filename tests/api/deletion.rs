//! DELETE /me, /restore

use std::time::Duration;

use serde_json::json;

use crate::support::{
    Client, PASSWORD, Reply, Setup, TestApp, TestDatabase, apply, every_database, sorted_statuses,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const ADA: &str = "ada@example.com";

/// Deletes the account. Returns the path of the receipt.
async fn delete(client: &Client) -> String {
    let reply = client.delete("/me").await.expect(202);
    assert_eq!(reply.text, "");
    reply.header("location").to_owned()
}

async fn restore(app: &TestApp) -> Reply {
    app.anonymous.restore(ADA, PASSWORD).await
}

#[apply(every_database)]
async fn who_leaves_is_told_until_when_they_can_come_back(app: TestApp) {
    let ada = app.active_user().await;
    let phone = app.log_in(ADA).await;
    let receipt = delete(&ada).await;
    for session in [&ada, &phone] {
        session.get("/me").await.expect_problem(401, "invalid_token");
    }

    let reply = app.anonymous.try_log_in(ADA, PASSWORD).await;
    let problem = reply.expect_problem(403, "account_deleted");
    assert_eq!(problem["restorableUntil"], "2026-12-23T08:22:30.280Z");
    let refused = app.anonymous.try_log_in(ADA, "wrong").await;
    let problem = refused.expect_problem(401, "invalid_credentials");
    assert_eq!(
        problem.get("restorableUntil"),
        None,
        "only a client with the right password is told the time"
    );

    let notice = app.mails_to(ADA).await.pop().unwrap();
    assert_eq!(notice.subject(), "Your account was deleted");
    assert!(notice.text().contains("2026-12-23 08:22 UTC"), "{}", notice.text());
    assert!(notice.text().contains(&format!("{}{receipt}", app.anonymous.base())));
    assert_eq!(
        app.anonymous.get(&receipt).await.expect(200).json(),
        json!({
            "id": receipt.rsplit_once('/').unwrap().1,
            "status": "scheduled",
            "requestedAt": "2026-11-23T08:22:30.280Z",
            "scheduledFor": "2026-12-23T08:22:30.280Z",
        })
    );
}

#[apply(every_database)]
async fn coming_back_brings_back_everything_but_the_sessions(app: TestApp) {
    let ada = app.active_user().await;
    ada.patch("/me", json!({ "bio": "First programmer." })).await.expect(200);
    let before = ada.get("/me").await.expect(200).json();
    let receipt = delete(&ada).await;
    app.deliver().await;
    app.clock.advance(30 * DAY - Duration::from_secs(1));
    app.erase().await;

    let reply = restore(&app).await.expect(200);
    let ada = app.anonymous.with_token_of(&reply);
    let mut after = ada.get("/me").await.expect(200).json();
    assert_eq!(reply.json()["user"], after);
    assert_ne!(after["updatedAt"], before["updatedAt"]);
    after["updatedAt"] = before["updatedAt"].clone();
    assert_eq!(after, before, "the user is active again and has one session");

    app.anonymous.get(&receipt).await.expect_problem(404, "not_found");
    let mails = app.mails_to(ADA).await;
    assert_eq!(mails.last().unwrap().subject(), "Your account was restored");
    app.clock.advance(30 * DAY);
    app.erase().await;
    app.log_in(ADA).await;
}

#[apply(every_database)]
async fn who_has_not_left_has_nothing_to_restore(app: TestApp) {
    let ada = app.active_user().await;
    restore(&app).await.expect_problem(409, "account_not_deleted");
    delete(&ada).await;
    for (email, password) in [(ADA, "wrong"), ("nobody@example.com", PASSWORD)] {
        let reply = app.anonymous.restore(email, password).await;
        reply.expect_problem(401, "invalid_credentials");
    }
    restore(&app).await.expect(200);
    restore(&app).await.expect_problem(409, "account_not_deleted");
}

#[apply(every_database)]
async fn who_is_banned_has_nothing_to_restore_either(app: TestApp) {
    app.active_user().await;
    app.database.execute("UPDATE users SET status = 'banned'").await;
    restore(&app).await.expect_problem(403, "account_banned");
}

#[apply(every_database)]
async fn after_the_deadline_it_is_as_if_they_had_never_been_there(app: TestApp) {
    let ada = app.active_user().await;
    let receipt = delete(&ada).await;
    app.deliver().await;
    // The address is reserved until the erasure.
    app.anonymous.try_sign_up(ADA).await.expect_problem(409, "email_taken");

    app.clock.advance(30 * DAY);
    // The account is not erased yet.
    restore(&app).await.expect_problem(401, "invalid_credentials");
    let reply = app.anonymous.try_log_in(ADA, PASSWORD).await;
    reply.expect_problem(401, "invalid_credentials");

    app.erase().await;
    restore(&app).await.expect_problem(401, "invalid_credentials");
    let erased = app.anonymous.get(&receipt).await.expect(200).json();
    assert_eq!(erased["status"], "erased");
    assert_eq!(erased["erasedAt"], erased["scheduledFor"]);
    // Another user can sign up with the address now.
    app.anonymous.try_sign_up(ADA).await.expect(201);
}

#[apply(every_database)]
async fn of_coming_back_twice_at_once_one_happens(app: TestApp) {
    let ada = app.active_user().await;
    delete(&ada).await;
    let (one, two) = tokio::join!(restore(&app), restore(&app));
    assert_eq!(sorted_statuses([&one, &two]), [200, 409]);
}

#[apply(every_database)]
async fn who_was_not_active_before_is_not_after(app: TestApp) {
    let ada = app.user().await;
    delete(&ada).await;
    // The address is not verified. It may belong to another person, so the notice has no link.
    let notices = app.mails_to(ADA).await;
    assert!(notices.iter().all(|notice| !notice.text().contains('#')));
    let reply = restore(&app).await.expect(200).json();
    assert_eq!(reply["user"]["status"], "pending");
}

#[apply(every_database)]
async fn a_deletion_by_somebody_else_can_be_undone_with_the_notice(app: TestApp) {
    app.active_user().await;
    // Eve knows Ada's password.
    let eve = app.log_in(ADA).await;
    eve.change_password(PASSWORD, "stolen it is now").await.expect(204);
    delete(&eve).await;
    restore(&app).await.expect_problem(401, "invalid_credentials");

    let notices = app.mails_to(ADA).await;
    let new = "incorrect donkey battery";
    app.anonymous.confirm_password_reset(&notices.last().unwrap().token(), new).await.expect(204);
    let user = app.anonymous.try_log_in(ADA, new).await.expect(200).json();
    assert_eq!(user["user"]["status"], "active");
    app.clock.advance(60 * DAY);
    app.erase().await;
    app.anonymous.try_log_in(ADA, new).await.expect(200);
}

#[apply(every_database)]
async fn without_a_grace_period_there_is_no_way_back(database: TestDatabase) {
    let at_once = Setup { deletion_grace: Duration::ZERO, ..Setup::default() };
    let app = TestApp::start(database, at_once).await;
    let ada = app.active_user().await;
    let receipt = delete(&ada).await;
    restore(&app).await.expect_problem(401, "invalid_credentials");

    // The erasure waits until the notice is sent.
    app.erase().await;
    let scheduled = app.anonymous.get(&receipt).await.expect(200).json();
    assert_eq!(scheduled["status"], "scheduled");
    let notice = app.mails_to(ADA).await.pop().unwrap();
    assert!(notice.text().contains("There is no way back."), "{}", notice.text());
    assert!(notice.text().contains(&receipt));
    app.clock.advance(Duration::from_secs(5));
    app.erase().await;
    let erased = app.anonymous.get(&receipt).await.expect(200).json();
    assert_eq!(erased["status"], "erased");
}

#[apply(every_database)]
async fn a_final_deletion_needs_the_password(database: TestDatabase) {
    let at_once = Setup { deletion_grace: Duration::ZERO, ..Setup::default() };
    let app = TestApp::start(database, at_once).await;
    let ada = app.active_user().await;
    app.clock.advance(Duration::from_secs(15 * 60));
    ada.delete("/me").await.expect_problem(403, "reauthentication_required");
    ada.get("/me").await.expect(200);
    ada.reauthenticated().await.delete("/me").await.expect(202);
}

#[apply(every_database)]
async fn a_deletion_that_can_be_undone_needs_none(app: TestApp) {
    let ada = app.active_user().await;
    app.clock.advance(Duration::from_secs(15 * 60));
    ada.delete("/me").await.expect(202);
}
