//! Whose address it is, and what an address is good for that is not proved.

use sea_orm::ConnectionTrait as _;
use serde_json::json;

use super::{MINUTES, add, addresses, remove, set_default, verify};
use crate::support::{PASSWORD, on_every_database};

#[tokio::test]
async fn the_old_default_address_is_told_and_has_a_way_back() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        let eve = app.log_in("ada@example.com").await;
        let before = app.mails_to("ada@example.com").await.len();
        // Somebody got hold of the password.
        let hers = add(&eve, "eve@example.com").await;
        app.verify("eve@example.com").await;
        set_default(&eve, &hers).await.expect(200);
        let mine = &ada.get("/me/emails").await.expect(200).json()[0];
        remove(&eve, mine).await.expect(204);

        let notices = app.mails_to("ada@example.com").await.split_off(before);
        assert_eq!(notices.len(), 2, "one for the new address, one for the new default");
        assert!(notices.iter().all(|notice| notice.text().contains("eve@example.com")));
        let hers = app.mails_to("eve@example.com").await.last().unwrap().token();

        // The last notice undoes all of it.
        let token = notices[1].token();
        let new = "incorrect donkey battery";
        let back = json!({ "token": token, "newPassword": new });
        app.anonymous.post("/password-resets/confirm", back.clone()).await.expect(204);

        for session in [&ada, &eve] {
            session.get("/me").await.expect_problem(401, "invalid_token");
        }
        let body = json!({ "email": "ada@example.com", "password": new });
        let token = app.anonymous.post("/login", body).await.expect(200).json();
        let ada = app.anonymous.with_token(token["token"].as_str().unwrap());
        assert_eq!(ada.get("/me").await.expect(200).json()["defaultEmail"], "ada@example.com");
        assert_eq!(addresses(&ada).await, ["ada@example.com"]);
        // Nor does her way back lead anywhere.
        let hers = json!({ "token": hers, "newPassword": "a third donkey battery" });
        for body in [hers, back] {
            let reply = app.anonymous.post("/password-resets/confirm", body).await;
            reply.expect_problem(422, "invalid_one_time_token");
        }
    }
}

#[tokio::test]
async fn any_notice_undoes_what_an_earlier_one_told_of() {
    for app in on_every_database().await {
        app.active_user().await;
        let eve = app.log_in("ada@example.com").await;
        add(&eve, "eve@example.com").await;
        app.verify("eve@example.com").await;
        app.clock.advance(MINUTES);
        let stolen = json!({ "currentPassword": PASSWORD, "newPassword": "stolen it is now" });
        eve.put("/me/password", stolen).await.expect(204);

        // The latest notice is of the password; her address came before.
        let notice = app.mails_to("ada@example.com").await.pop().unwrap();
        assert!(notice.subject().contains("password"), "{}", notice.subject());
        let new = "incorrect donkey battery";
        let back = json!({ "token": notice.token(), "newPassword": new });
        app.anonymous.post("/password-resets/confirm", back).await.expect(204);
        let body = json!({ "email": "ada@example.com", "password": new });
        let token = app.anonymous.post("/login", body).await.expect(200).json();
        let ada = app.anonymous.with_token(token["token"].as_str().unwrap());
        assert_eq!(addresses(&ada).await, ["ada@example.com"]);
    }
}

#[tokio::test]
async fn an_address_that_was_never_proved_opens_nothing_once_another_was() {
    for app in on_every_database().await {
        // Ada mistyped her address, and it is somebody's.
        app.sign_up("stranger@example.com").await;
        let ada = app.log_in("stranger@example.com").await;
        add(&ada, "ada@example.com").await;
        app.verify("ada@example.com").await;
        let me = ada.get("/me").await.expect(200).json();
        assert_eq!(
            (&me["defaultEmail"], &me["status"]),
            (&json!("ada@example.com"), &json!("active"))
        );

        let before = app.mails_to("stranger@example.com").await.len();
        let body = json!({ "email": "stranger@example.com" });
        app.anonymous.post("/password-resets", body).await.expect(202);
        assert_eq!(app.mails_to("stranger@example.com").await.len(), before);
        let body = json!({ "email": "stranger@example.com", "password": PASSWORD });
        app.anonymous.post("/login", body).await.expect_problem(401, "invalid_credentials");
    }
}

#[tokio::test]
async fn an_address_belongs_to_whoever_verifies_it() {
    for app in on_every_database().await {
        // Both sign up with it; the first one never owned it.
        let eve = app.user().await;
        app.mails_to("ada@example.com").await;
        let body = json!({ "email": "ADA@example.com", "password": PASSWORD, "name": "Ada" });
        app.anonymous.post("/signup", body).await.expect(201);
        app.verify("ADA@example.com").await;

        let me = eve.get("/me").await.expect(200).json();
        assert_eq!(me.get("defaultEmail"), None, "her claim has fallen");
        assert!(addresses(&eve).await.is_empty());
        let ada = app.log_in("ada@example.com").await;
        assert_eq!(ada.get("/me").await.expect(200).json()["defaultEmail"], "ADA@example.com");

        // From now on nobody can claim it.
        eve.post("/me/emails", json!({ "email": "ada@example.com" }))
            .await
            .expect_problem(409, "email_taken");
        let body = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Eve" });
        app.anonymous.post("/signup", body).await.expect_problem(409, "email_taken");
        // Who has none left gets a default by verifying another one.
        add(&eve, "eve@example.com").await;
        app.verify("eve@example.com").await;
        let me = eve.get("/me").await.expect(200).json();
        assert_eq!(
            (&me["defaultEmail"], &me["status"]),
            (&json!("eve@example.com"), &json!("active"))
        );
    }
}

#[tokio::test]
async fn of_two_who_verify_one_address_at_once_one_wins() {
    for app in on_every_database().await {
        let mut people = Vec::new();
        for name in ["ada", "eve"] {
            app.sign_up(&format!("{name}@example.com")).await;
            app.verify(&format!("{name}@example.com")).await;
            let client = app.log_in(&format!("{name}@example.com")).await;
            add(&client, "both@example.com").await;
            people.push(client);
        }
        let mails = app.mails_to("both@example.com").await;
        let [one, two] = [0, 1].map(|place: usize| mails[place].token());
        let (one, two) = tokio::join!(verify(&app, &one), verify(&app, &two));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 422]);
        let mut owners = 0;
        for client in &people {
            let addresses = addresses(client).await;
            owners += addresses.iter().filter(|email| *email == "both@example.com").count();
        }
        assert_eq!(owners, 1);
    }
}

#[tokio::test]
async fn a_claim_that_came_as_somebody_else_verified_the_address_can_not_be_verified() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        add(&ada, "both@example.com").await;
        let token = app.token_mailed_to("both@example.com").await;
        app.sign_up("eve@example.com").await;
        // What is left when the claim is committed right after the verification.
        let other = app.database.connect().await;
        other
            .execute_unprepared(
                "UPDATE emails SET normalized = 'both@example.com', verified_at = created_at
                WHERE email = 'eve@example.com'",
            )
            .await
            .unwrap();
        other.close().await.unwrap();
        verify(&app, &token).await.expect_problem(409, "email_taken");
        let emails = ada.get("/me/emails").await.expect(200).json();
        assert_eq!(emails[1]["verified"], false);
    }
}
