//! POST /password-resets, and other requests that send messages.

use current_user::account::limits::{Limit, Limits};

use super::{ELSEWHERE, HOUR};
use crate::support::{PASSWORD, Setup, TestApp, TestDatabase, apply, every_database};

#[apply(every_database)]
async fn a_mailbox_gets_five_resets_an_hour_whether_or_not_there_is_an_account(app: TestApp) {
    app.active_user().await;
    for name in ["ada", "nobody"] {
        for client in 10..15 {
            let email = format!("{name}+{client}@example.com");
            let client = app.client_from([127, 0, 0, client]);
            client.request_password_reset(&email).await.expect(202);
        }
        let client = app.client_from(ELSEWHERE);
        let reply = client.request_password_reset(&format!("{name}@example.com")).await;
        assert_eq!(reply.header("retry-after"), "3600");
        reply.expect_problem(429, "too_many_requests");
    }
}

#[apply(every_database)]
async fn a_client_requests_five_resets_an_hour(app: TestApp) {
    for number in 0..5 {
        let email = format!("{number}@example.com");
        app.anonymous.request_password_reset(&email).await.expect(202);
    }
    let reply = app.anonymous.request_password_reset("ada@example.com").await;
    assert_eq!(reply.header("ratelimit"), "\"reset-client\";r=0;t=3600");
    reply.expect_problem(429, "too_many_requests");
    app.clock.advance(HOUR);
    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
}

#[apply(every_database)]
async fn the_owner_requests_a_reset_on_a_known_device_meanwhile(app: TestApp) {
    app.active_user().await;
    let known = app.anonymous.try_log_in("ada@example.com", PASSWORD).await.expect(200);
    let client = app.client_from(ELSEWHERE);
    for _ in 0..5 {
        client.request_password_reset("ada@example.com").await.expect(202);
    }
    client.request_password_reset("ada@example.com").await.expect(429);
    let owner = client.on_device_of(&known);
    owner.request_password_reset("ada@example.com").await.expect(202);
}

#[apply(every_database)]
async fn a_client_requests_five_codes_and_ten_verification_mails_an_hour(app: TestApp) {
    let ada = app.active_user().await;
    let email = ada.get("/me/emails").await.expect(200).json()[0]["id"].clone();
    let path = format!("/me/emails/{}/verification", email.as_str().unwrap());
    for number in 0..5 {
        let user = app.another_active_user(&format!("{number}@example.com")).await;
        user.set_phone_number(&format!("+44207183875{number}")).await.expect(202);
    }
    let refused = ada.set_phone_number("+442071838759").await;
    refused.expect_problem(429, "too_many_requests");
    // Refused requests count for nothing, and those that find nothing to verify count too.
    let nobodys = "/me/emails/00000000-0000-7000-8000-000000000000/verification";
    for _ in 0..10 {
        ada.post(nobodys, ().into()).await.expect(404);
    }
    ada.post(&path, ().into()).await.expect_problem(429, "too_many_requests");
}

#[apply(every_database)]
async fn a_mailbox_gets_two_notices_an_hour_about_accounts_that_never_verified_it(app: TestApp) {
    for tag in 0..3 {
        let email = format!("ada+{tag}@example.com");
        app.sign_up_and_log_in(&email).await.delete("/me").await.expect(202);
    }
    let deleted = "An account with your address was deleted";
    app.mails_to("ada@example.com").await;
    let mails = app.inbox.mailbox.all();
    assert_eq!(mails.iter().filter(|mail| mail.subject() == deleted).count(), 2);
}

#[apply(every_database)]
async fn all_clients_request_as_many_codes_for_one_country_as_the_limit_says(
    database: TestDatabase,
) {
    let limits = Some(Limits::default().with(Limit::CodeCountry, 2));
    let app = TestApp::start(database, Setup { limits, ..Setup::default() }).await;
    let mut users = Vec::new();
    for number in 0..3 {
        users.push(app.another_active_user(&format!("{number}@example.com")).await);
    }
    for (number, user) in users.iter().enumerate().take(2) {
        user.set_phone_number(&format!("+44207183875{number}")).await.expect(202);
    }
    let refused = users[2].set_phone_number("+442071838759").await;
    refused.expect_problem(429, "too_many_requests");
    // Another country has a budget of its own.
    users[2].set_phone_number("+4915112345678").await.expect(202);
}
