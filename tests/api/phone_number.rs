//! /me/phone-number, /me/phone-number/verification

use std::time::Duration;

use serde_json::json;

use crate::support::{Client, PASSWORD, Reply, on_every_database};

const NUMBER: &str = "+442071838750";
const MINUTES: Duration = Duration::from_secs(60);

async fn set(client: &Client, number: &str) -> Reply {
    client.put("/me/phone-number", json!({ "phoneNumber": number })).await
}

async fn verify(client: &Client, code: &str) -> Reply {
    client.post("/me/phone-number/verification", json!({ "code": code })).await
}

/// A code that is not this one.
fn another(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn the_number_is_the_users_once_it_is_verified_and_until_it_is_removed() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        set(&ada, NUMBER).await.expect(202);
        assert_eq!(ada.get("/me").await.expect(200).json()["phoneNumber"], "");

        let code = app.code_sent_to(NUMBER).await;
        let user = verify(&ada, &code).await.expect(200);
        assert_eq!(user.json()["phoneNumber"], NUMBER);
        assert_eq!(user.header("etag"), ada.get("/me").await.expect(200).header("etag"));
        let notice = app.mails_to("ada@example.com").await.pop().unwrap();
        assert!(notice.text().contains(NUMBER), "{}", notice.text());

        ada.delete("/me/phone-number").await.expect(204);
        assert_eq!(ada.get("/me").await.expect(200).json()["phoneNumber"], "");
        let mails = app.mails_to("ada@example.com").await.len();
        ada.delete("/me/phone-number").await.expect(204);
        assert_eq!(app.mails_to("ada@example.com").await.len(), mails, "there was none");
    }
}

#[tokio::test]
async fn a_code_works_once_and_for_ten_minutes() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        verify(&ada, "000000").await.expect_problem(422, "code_expired");
        set(&ada, NUMBER).await.expect(202);
        let code = app.code_sent_to(NUMBER).await;
        app.clock.advance(10 * MINUTES);
        verify(&ada, &code).await.expect_problem(422, "code_expired");

        set(&ada, NUMBER).await.expect(202);
        let code = app.code_sent_to(NUMBER).await;
        verify(&ada, &code).await.expect(200);
        verify(&ada, &code).await.expect_problem(422, "code_expired");
    }
}

#[tokio::test]
async fn after_five_wrong_codes_none_is_right() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        set(&ada, NUMBER).await.expect(202);
        let code = app.code_sent_to(NUMBER).await;
        for _ in 0..5 {
            verify(&ada, &another(&code)).await.expect_problem(422, "wrong_code");
        }
        verify(&ada, &code).await.expect_problem(422, "code_expired");
        assert_eq!(ada.get("/me").await.expect(200).json()["phoneNumber"], "");
    }
}

#[tokio::test]
async fn of_many_wrong_codes_at_once_five_are_tried() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        set(&ada, NUMBER).await.expect(202);
        let wrong = another(&app.code_sent_to(NUMBER).await);
        let tries = futures_util::future::join_all((0..12).map(|_| verify(&ada, &wrong))).await;
        let codes = tries.iter().map(|reply| reply.json()["code"].as_str().unwrap().to_owned());
        assert_eq!(codes.filter(|code| code == "wrong_code").count(), 5);
    }
}

#[tokio::test]
async fn only_the_last_code_counts() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        let other = "+4915112345678";
        set(&ada, NUMBER).await.expect(202);
        let first = app.code_sent_to(NUMBER).await;
        app.clock.advance(MINUTES);
        set(&ada, other).await.expect(202);
        let second = app.code_sent_to(other).await;
        verify(&ada, &first).await.expect_problem(422, "wrong_code");
        assert_eq!(verify(&ada, &second).await.expect(200).json()["phoneNumber"], other);
    }
}

#[tokio::test]
async fn codes_are_sent_five_an_hour_to_a_user_and_to_a_number() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        for _ in 0..5 {
            set(&ada, NUMBER).await.expect(202);
            app.clock.advance(MINUTES);
        }
        let refused = set(&ada, "+4915112345678").await;
        let seconds: u64 = refused.header("retry-after").parse().unwrap();
        refused.expect_problem(429, "too_many_requests");
        app.sign_up("eve@example.com").await;
        let eve = app.log_in("eve@example.com").await;
        set(&eve, NUMBER).await.expect_problem(429, "too_many_requests");

        app.clock.advance(Duration::from_secs(seconds));
        ada.post("/me/reauthentication", json!({ "password": PASSWORD })).await.expect(204);
        set(&ada, NUMBER).await.expect(202);
    }
}

#[tokio::test]
async fn a_number_belongs_to_who_proved_it_last() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        set(&ada, NUMBER).await.expect(202);
        verify(&ada, &app.code_sent_to(NUMBER).await).await.expect(200);
        app.sign_up("eve@example.com").await;
        let eve = app.log_in("eve@example.com").await;
        app.clock.advance(MINUTES);
        set(&eve, NUMBER).await.expect(202);
        verify(&eve, &app.code_sent_to(NUMBER).await).await.expect(200);

        assert_eq!(eve.get("/me").await.expect(200).json()["phoneNumber"], NUMBER);
        assert_eq!(ada.get("/me").await.expect(200).json()["phoneNumber"], "");
        let told = app.mails_to("ada@example.com").await;
        assert_eq!(told.len(), 3, "to verify, that there is a number, that there is none");
    }
}

#[tokio::test]
async fn of_two_who_verify_one_number_at_once_one_has_it() {
    for app in on_every_database().await {
        let mut people = Vec::new();
        for name in ["ada", "eve"] {
            let email = format!("{name}@example.com");
            app.sign_up(&email).await;
            let client = app.log_in(&email).await;
            set(&client, NUMBER).await.expect(202);
            people.push((client, app.code_sent_to(NUMBER).await));
        }
        let (ada, eve) = (&people[0], &people[1]);
        let (one, two) = tokio::join!(verify(&ada.0, &ada.1), verify(&eve.0, &eve.1));
        one.expect(200);
        two.expect(200);
        let mut numbers = Vec::new();
        for (client, _) in &people {
            let me = client.get("/me").await.expect(200).json();
            numbers.push(me["phoneNumber"].as_str().unwrap().to_owned());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, ["", NUMBER], "it belongs to who was last");
    }
}

#[tokio::test]
async fn removing_the_number_makes_a_code_that_was_sent_useless() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        set(&ada, NUMBER).await.expect(202);
        let code = app.code_sent_to(NUMBER).await;
        ada.delete("/me/phone-number").await.expect(204);
        verify(&ada, &code).await.expect_problem(422, "code_expired");
    }
}

#[tokio::test]
async fn a_number_that_nobody_can_have_is_refused() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        for (number, code) in [
            ("", "invalid_phone_number"),
            ("020 7183 8750", "invalid_phone_number"),
            ("+999123456789", "unknown_phone_number"),
        ] {
            let problem = set(&ada, number).await.expect_problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["pointer"], "/phoneNumber", "{number}");
            assert_eq!(problem["errors"][0]["code"], code, "{number}");
        }
    }
}
