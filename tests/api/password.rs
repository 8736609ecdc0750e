//! PUT /me/password

use serde_json::{Value, json};

use crate::support::{PASSWORD, on_every_database};

const NEW: &str = "incorrect donkey battery";

fn change(current: &str, new: &str) -> Value {
    json!({ "currentPassword": current, "newPassword": new })
}

#[tokio::test]
async fn changing_the_password_ends_all_other_sessions() {
    for app in on_every_database().await {
        let phone = app.user().await;
        let laptop = app.log_in("ada@example.com").await;

        laptop.put("/me/password", change(PASSWORD, NEW)).await.expect(204);

        phone.get("/me").await.expect_problem(401, "invalid_token");
        laptop.get("/me").await.expect(200);
        let old = json!({ "email": "ada@example.com", "password": PASSWORD });
        app.anonymous.post("/login", old).await.expect_problem(401, "invalid_credentials");
        let new = json!({ "email": "ada@example.com", "password": NEW });
        app.anonymous.post("/login", new).await.expect(200);
    }
}

#[tokio::test]
async fn the_current_password_must_be_right() {
    for app in on_every_database().await {
        let ada = app.user().await;
        ada.put("/me/password", change("wrong", NEW)).await.expect_problem(403, "wrong_password");
        app.log_in("ada@example.com").await;
    }
}

#[tokio::test]
async fn the_new_password_must_be_a_good_one() {
    for app in on_every_database().await {
        let ada = app.user().await;
        let cases = [("short", "too_short"), ("qwertyuiop", "password_too_common")];
        for (new, code) in cases {
            let reply = ada.put("/me/password", change(PASSWORD, new)).await;
            let problem = reply.expect_problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], "/newPassword");
            assert_eq!(problem["errors"][0]["code"], code);
        }
    }
}

#[tokio::test]
async fn of_two_changes_at_once_one_wins() {
    for app in on_every_database().await {
        let ada = app.user().await;
        let (one, two) = tokio::join!(
            ada.put("/me/password", change(PASSWORD, "one donkey battery")),
            ada.put("/me/password", change(PASSWORD, "two donkeys battery")),
        );
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 403]);
    }
}
