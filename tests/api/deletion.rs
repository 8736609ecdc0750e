//! DELETE /me, /restore

use std::time::Duration;

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, Reply, Setup, TestApp, on_every_database, with_setup};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const ADA: &str = "ada@example.com";

/// Leaves. Returns where the receipt is.
async fn leave(client: &Client) -> String {
    let reply = client.delete("/me").await.expect(202);
    assert_eq!(reply.text, "");
    reply.header("location").to_owned()
}

fn credentials() -> Value {
    json!({ "email": ADA, "password": PASSWORD })
}

async fn restore(app: &TestApp) -> Reply {
    app.anonymous.post("/restore", credentials()).await
}

#[tokio::test]
async fn who_leaves_is_told_until_when_they_can_come_back() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        let phone = app.log_in(ADA).await;
        let receipt = leave(&ada).await;
        for session in [&ada, &phone] {
            session.get("/me").await.expect_problem(401, "invalid_token");
        }

        let reply = app.anonymous.post("/login", credentials()).await;
        let problem = reply.expect_problem(403, "account_deleted");
        assert_eq!(problem["restorableUntil"], "2026-12-23T08:22:30.280Z");
        let wrong = json!({ "email": ADA, "password": "wrong" });
        let refused = app.anonymous.post("/login", wrong).await;
        let problem = refused.expect_problem(401, "invalid_credentials");
        assert_eq!(problem.get("restorableUntil"), None, "only to who knows the password");

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
}

#[tokio::test]
async fn coming_back_brings_back_everything_but_the_sessions() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        ada.patch("/me", json!({ "bio": "First programmer." })).await.expect(200);
        let before = ada.get("/me").await.expect(200).json();
        let receipt = leave(&ada).await;
        app.deliver().await;
        app.clock.advance(30 * DAY - Duration::from_secs(1));
        app.erase().await;

        let reply = restore(&app).await.expect(200).json();
        let ada = app.anonymous.with_token(reply["token"].as_str().unwrap());
        let mut after = ada.get("/me").await.expect(200).json();
        assert_eq!(reply["user"], after);
        assert_ne!(after["updatedAt"], before["updatedAt"]);
        after["updatedAt"] = before["updatedAt"].clone();
        assert_eq!(after, before, "active again, with one session");

        app.anonymous.get(&receipt).await.expect_problem(404, "not_found");
        let mails = app.mails_to(ADA).await;
        assert_eq!(mails.last().unwrap().subject(), "Your account was restored");
        app.clock.advance(30 * DAY);
        app.erase().await;
        app.log_in(ADA).await;
    }
}

#[tokio::test]
async fn who_has_not_left_has_nothing_to_restore() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        restore(&app).await.expect_problem(409, "account_not_deleted");
        leave(&ada).await;
        for (email, password) in [(ADA, "wrong"), ("nobody@example.com", PASSWORD)] {
            let body = json!({ "email": email, "password": password });
            let reply = app.anonymous.post("/restore", body).await;
            reply.expect_problem(401, "invalid_credentials");
        }
        restore(&app).await.expect(200);
        restore(&app).await.expect_problem(409, "account_not_deleted");
    }
}

#[tokio::test]
async fn who_is_banned_has_nothing_to_restore_either() {
    for app in on_every_database().await {
        app.active_user().await;
        let other = app.database.connect().await;
        other.execute_unprepared("UPDATE users SET status = 'banned'").await.unwrap();
        other.close().await.unwrap();
        restore(&app).await.expect_problem(403, "account_banned");
    }
}

#[tokio::test]
async fn after_the_deadline_it_is_as_if_they_had_never_been_there() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        let receipt = leave(&ada).await;
        app.deliver().await;
        // The address stays theirs until then.
        let body = json!({ "email": ADA, "password": PASSWORD, "name": "Eve" });
        app.anonymous.post("/signup", body.clone()).await.expect_problem(409, "email_taken");

        app.clock.advance(30 * DAY);
        // Nobody has erased them yet.
        restore(&app).await.expect_problem(401, "invalid_credentials");
        let reply = app.anonymous.post("/login", credentials()).await;
        reply.expect_problem(401, "invalid_credentials");

        app.erase().await;
        restore(&app).await.expect_problem(401, "invalid_credentials");
        let erased = app.anonymous.get(&receipt).await.expect(200).json();
        assert_eq!(erased["status"], "erased");
        assert_eq!(erased["erasedAt"], erased["scheduledFor"]);
        // Somebody else may have the address now.
        app.anonymous.post("/signup", body).await.expect(201);
    }
}

#[tokio::test]
async fn of_coming_back_twice_at_once_one_happens() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        leave(&ada).await;
        let (one, two) = tokio::join!(restore(&app), restore(&app));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    }
}

#[tokio::test]
async fn who_was_not_active_before_is_not_after() {
    for app in on_every_database().await {
        let ada = app.user().await;
        leave(&ada).await;
        // Nobody has proved the address: it may be somebody else's, who is not told.
        assert!(app.mails_to(ADA).await.is_empty());
        let reply = restore(&app).await.expect(200).json();
        assert_eq!(reply["user"]["status"], "pending");
    }
}

#[tokio::test]
async fn a_deletion_by_somebody_else_can_be_undone_with_the_notice() {
    for app in on_every_database().await {
        app.active_user().await;
        // Somebody got hold of the password.
        let eve = app.log_in(ADA).await;
        let stolen = json!({ "currentPassword": PASSWORD, "newPassword": "stolen it is now" });
        eve.put("/me/password", stolen).await.expect(204);
        leave(&eve).await;
        restore(&app).await.expect_problem(401, "invalid_credentials");

        let notices = app.mails_to(ADA).await;
        let new = "incorrect donkey battery";
        let body = json!({ "token": notices.last().unwrap().token(), "newPassword": new });
        app.anonymous.post("/password-resets/confirm", body).await.expect(204);
        let body = json!({ "email": ADA, "password": new });
        let user = app.anonymous.post("/login", body).await.expect(200).json();
        assert_eq!(user["user"]["status"], "active");
        app.clock.advance(60 * DAY);
        app.erase().await;
        let body = json!({ "email": ADA, "password": new });
        app.anonymous.post("/login", body).await.expect(200);
    }
}

#[tokio::test]
async fn without_a_grace_period_there_is_no_way_back() {
    let at_once = Setup { deletion_grace: Duration::ZERO, ..Setup::default() };
    for app in with_setup(at_once).await {
        let ada = app.active_user().await;
        let receipt = leave(&ada).await;
        restore(&app).await.expect_problem(401, "invalid_credentials");

        // First they are told.
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
}
