//! /me/phone-number, /me/phone-number/verification

use std::time::Duration;

use current_user::value::Countries;
use entity::phone_verification;
use sea_orm::EntityTrait as _;
use sha2::{Digest as _, Sha256};

use crate::support::{Setup, TestApp, TestDatabase, apply, every_database};

const NUMBER: &str = "+442071838750";
const MINUTES: Duration = Duration::from_secs(60);

/// Another code.
fn another(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[apply(every_database)]
async fn the_number_is_the_users_once_it_is_verified_and_until_it_is_removed(app: TestApp) {
    let ada = app.active_user().await;
    ada.set_phone_number(NUMBER).await.expect(202);
    assert_eq!(ada.get("/me").await.expect(200).json()["phoneNumber"], "");

    let code = app.code_sent_to(NUMBER).await;
    let user = ada.verify_phone_number(&code).await.expect(200);
    assert_eq!(user.json()["phoneNumber"], NUMBER);
    assert_eq!(user.header("etag"), ada.get("/me").await.expect(200).header("etag"));
    let notice = app.mails_to("ada@example.com").await.pop().unwrap();
    assert!(notice.text().contains(NUMBER), "{}", notice.text());

    ada.delete("/me/phone-number").await.expect(204);
    assert_eq!(ada.get("/me").await.expect(200).json()["phoneNumber"], "");
    let mails = app.mails_to("ada@example.com").await.len();
    ada.delete("/me/phone-number").await.expect(204);
    assert_eq!(
        app.mails_to("ada@example.com").await.len(),
        mails,
        "without a phone number there is no notice"
    );
}

#[apply(every_database)]
async fn a_code_works_once_and_for_ten_minutes(app: TestApp) {
    let ada = app.active_user().await;
    ada.verify_phone_number("000000").await.expect_problem(422, "code_expired");
    ada.set_phone_number(NUMBER).await.expect(202);
    let code = app.code_sent_to(NUMBER).await;
    app.clock.advance(10 * MINUTES);
    ada.verify_phone_number(&code).await.expect_problem(422, "code_expired");

    ada.set_phone_number(NUMBER).await.expect(202);
    let code = app.code_sent_to(NUMBER).await;
    ada.verify_phone_number(&code).await.expect(200);
    ada.verify_phone_number(&code).await.expect_problem(422, "code_expired");
}

#[apply(every_database)]
async fn a_copy_of_the_database_does_not_reveal_a_code(app: TestApp) {
    let ada = app.active_user().await;
    ada.set_phone_number(NUMBER).await.expect(202);
    let code = app.code_sent_to(NUMBER).await;
    let other = app.database.connect().await;
    let row = phone_verification::Entity::find().one(&other).await.unwrap().unwrap();
    other.close().await.unwrap();
    let stored = row.code_hash.unwrap();
    assert_eq!(stored.len(), 32);
    let without_key = Sha256::new().chain_update(row.id).chain_update(&code).finalize();
    assert_ne!(stored, without_key.to_vec());
    ada.verify_phone_number(&code).await.expect(200);
}

#[apply(every_database)]
async fn after_five_wrong_codes_none_is_right(app: TestApp) {
    let ada = app.active_user().await;
    ada.set_phone_number(NUMBER).await.expect(202);
    let code = app.code_sent_to(NUMBER).await;
    for _ in 0..5 {
        ada.verify_phone_number(&another(&code)).await.expect_problem(422, "wrong_code");
    }
    ada.verify_phone_number(&code).await.expect_problem(422, "code_expired");
    assert_eq!(ada.get("/me").await.expect(200).json()["phoneNumber"], "");
}

#[apply(every_database)]
async fn of_many_wrong_codes_at_once_five_are_tried(app: TestApp) {
    let ada = app.active_user().await;
    ada.set_phone_number(NUMBER).await.expect(202);
    let wrong = another(&app.code_sent_to(NUMBER).await);
    let tries =
        futures_util::future::join_all((0..12).map(|_| ada.verify_phone_number(&wrong))).await;
    let codes = tries.iter().map(|reply| reply.json()["code"].as_str().unwrap().to_owned());
    assert_eq!(codes.filter(|code| code == "wrong_code").count(), 5);
}

#[apply(every_database)]
async fn only_the_last_code_counts(app: TestApp) {
    let ada = app.active_user().await;
    let other = "+4915112345678";
    ada.set_phone_number(NUMBER).await.expect(202);
    let first = app.code_sent_to(NUMBER).await;
    app.clock.advance(MINUTES);
    ada.set_phone_number(other).await.expect(202);
    let second = app.code_sent_to(other).await;
    ada.verify_phone_number(&first).await.expect_problem(422, "wrong_code");
    assert_eq!(ada.verify_phone_number(&second).await.expect(200).json()["phoneNumber"], other);
}

#[apply(every_database)]
async fn codes_are_sent_five_an_hour_to_a_user_and_to_a_number(app: TestApp) {
    let ada = app.active_user().await;
    for _ in 0..5 {
        ada.set_phone_number(NUMBER).await.expect(202);
        app.clock.advance(MINUTES);
    }
    let refused = ada.set_phone_number("+4915112345678").await;
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    refused.expect_problem(429, "too_many_requests");
    let eve = app.another_active_user("eve@example.com").await;
    eve.set_phone_number(NUMBER).await.expect_problem(429, "too_many_requests");

    app.clock.advance(Duration::from_secs(seconds));
    let ada = ada.reauthenticated().await;
    ada.set_phone_number(NUMBER).await.expect(202);
}

#[apply(every_database)]
async fn a_number_belongs_to_who_proved_it_last(app: TestApp) {
    let ada = app.active_user().await;
    ada.set_phone_number(NUMBER).await.expect(202);
    ada.verify_phone_number(&app.code_sent_to(NUMBER).await).await.expect(200);
    let eve = app.another_active_user("eve@example.com").await;
    app.clock.advance(MINUTES);
    eve.set_phone_number(NUMBER).await.expect(202);
    eve.verify_phone_number(&app.code_sent_to(NUMBER).await).await.expect(200);

    assert_eq!(eve.get("/me").await.expect(200).json()["phoneNumber"], NUMBER);
    assert_eq!(ada.get("/me").await.expect(200).json()["phoneNumber"], "");
    let told = app.mails_to("ada@example.com").await;
    assert_eq!(
        told.len(),
        3,
        "the verification mail, the notice of the number, and the notice of its loss"
    );
}

#[apply(every_database)]
async fn of_two_who_verify_one_number_at_once_one_has_it(app: TestApp) {
    let mut people = Vec::new();
    for name in ["ada", "eve"] {
        let email = format!("{name}@example.com");
        let client = app.another_active_user(&email).await;
        client.set_phone_number(NUMBER).await.expect(202);
        people.push((client, app.code_sent_to(NUMBER).await));
    }
    let (ada, eve) = (&people[0], &people[1]);
    let (one, two) =
        tokio::join!(ada.0.verify_phone_number(&ada.1), eve.0.verify_phone_number(&eve.1));
    one.expect(200);
    two.expect(200);
    let mut numbers = Vec::new();
    for (client, _) in &people {
        let me = client.get("/me").await.expect(200).json();
        numbers.push(me["phoneNumber"].as_str().unwrap().to_owned());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, ["", NUMBER], "the number belongs to the user who verified it last");
}

#[apply(every_database)]
async fn removing_the_number_makes_a_code_that_was_sent_useless(app: TestApp) {
    let ada = app.active_user().await;
    ada.set_phone_number(NUMBER).await.expect(202);
    let code = app.code_sent_to(NUMBER).await;
    ada.delete("/me/phone-number").await.expect(204);
    ada.verify_phone_number(&code).await.expect_problem(422, "code_expired");
}

#[apply(every_database)]
async fn a_number_that_nobody_can_have_or_that_costs_too_much_is_refused(app: TestApp) {
    let ada = app.active_user().await;
    for (number, code) in [
        ("", "invalid_phone_number"),
        ("020 7183 8750", "invalid_phone_number"),
        ("+999123456789", "unknown_phone_number"),
        ("+449012345678", "unserved_phone_number"),
        ("+881612345678", "unserved_phone_number"),
        ("+33612345678", "country_not_served"),
        ("+447797712345", "country_not_served"),
    ] {
        let problem = ada.set_phone_number(number).await.expect_problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/phoneNumber", "{number}");
        assert_eq!(problem["errors"][0]["code"], code, "{number}");
    }
}

#[apply(every_database)]
async fn a_user_who_has_verified_no_address_gets_no_code_and_uses_nothing_up(app: TestApp) {
    let ada = app.user().await;
    for _ in 0..6 {
        ada.set_phone_number(NUMBER).await.expect_problem(409, "email_not_verified");
    }
    app.verify("ada@example.com").await;
    assert!(app.inbox.texts_to(NUMBER).is_empty());
    ada.set_phone_number(NUMBER).await.expect(202);
}

#[apply(every_database)]
async fn with_no_country_named_no_sms_is_sent(database: TestDatabase) {
    let setup = Setup { sms_countries: Countries::default(), ..Setup::default() };
    let app = TestApp::start(database, setup).await;
    let ada = app.active_user().await;
    for number in [NUMBER, "+4915112345678", "+14155552671"] {
        let problem = ada.set_phone_number(number).await.expect_problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["code"], "country_not_served", "{number}");
    }
    app.deliver().await;
    assert!(app.inbox.gateway.all().is_empty());
}
