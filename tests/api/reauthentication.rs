//! POST /me/reauthentication

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{PASSWORD, Reply, on_every_database};

#[tokio::test]
async fn what_could_take_an_account_over_needs_a_password_that_was_proved_lately() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        let email = ada.get("/me/emails").await.expect(200).json()[0].clone();
        app.clock.advance(Duration::from_secs(15 * 60));

        let id = email["id"].as_str().unwrap();
        let requests = [
            (Method::POST, "/me/emails".to_owned(), json!({ "email": "b@example.com" }), 201),
            (Method::PUT, "/me/default-email".to_owned(), json!({ "emailId": id }), 200),
            (Method::DELETE, format!("/me/emails/{id}"), json!({}), 409),
            (
                Method::PUT,
                "/me/phone-number".to_owned(),
                json!({ "phoneNumber": "+442071838750" }),
                202,
            ),
            (Method::DELETE, "/me/phone-number".to_owned(), json!({}), 204),
        ];
        for (method, path, body, _) in &requests {
            let reply = Reply::to(ada.request(method.clone(), path).json(body)).await;
            reply.expect_problem(403, "reauthentication_required");
        }
        ada.post("/me/reauthentication", json!({ "password": PASSWORD })).await.expect(204);
        for (method, path, body, status) in &requests {
            Reply::to(ada.request(method.clone(), path).json(body)).await.expect(*status);
        }
        ada.get("/me").await.expect(200);
    }
}

#[tokio::test]
async fn each_session_proves_it_for_itself() {
    for app in on_every_database().await {
        let laptop = app.active_user().await;
        app.clock.advance(Duration::from_secs(15 * 60));
        let phone = app.log_in("ada@example.com").await;
        let body = json!({ "phoneNumber": "+442071838750" });
        laptop
            .put("/me/phone-number", body.clone())
            .await
            .expect_problem(403, "reauthentication_required");
        phone.put("/me/phone-number", body.clone()).await.expect(202);
        // Changing the password proves it as well.
        let change = json!({ "currentPassword": PASSWORD, "newPassword": "incorrect donkey" });
        laptop.put("/me/password", change).await.expect(204);
        laptop.put("/me/phone-number", body).await.expect(202);
    }
}

#[tokio::test]
async fn a_wrong_password_proves_nothing() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        app.clock.advance(Duration::from_secs(15 * 60));
        ada.post("/me/reauthentication", json!({ "password": "wrong" }))
            .await
            .expect_problem(403, "wrong_password");
        ada.delete("/me/phone-number").await.expect_problem(403, "reauthentication_required");
    }
}

#[tokio::test]
async fn nobody_guesses_the_password_with_a_token_that_they_got_hold_of() {
    for app in on_every_database().await {
        let thief = app.user().await;
        let guess = json!({ "password": "a guess" });
        let change = json!({ "currentPassword": "a guess", "newPassword": "stolen it now" });
        for _ in 0..5 {
            thief
                .post("/me/reauthentication", guess.clone())
                .await
                .expect_problem(403, "wrong_password");
            thief.put("/me/password", change.clone()).await.expect_problem(403, "wrong_password");
        }
        // Not even the right one is taken now.
        let right = json!({ "password": PASSWORD });
        let reply = thief.post("/me/reauthentication", right.clone()).await;
        assert_eq!(reply.header("retry-after"), "3600");
        reply.expect_problem(429, "too_many_requests");
        thief.put("/me/password", change).await.expect_problem(429, "too_many_requests");
        // Its owner can log in all the same.
        app.log_in("ada@example.com").await;
        app.clock.advance(Duration::from_secs(3600));
        thief.post("/me/reauthentication", right).await.expect(204);
    }
}
