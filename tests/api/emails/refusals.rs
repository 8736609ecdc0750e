//! /email-verifications/refusals: "this wasn't me".

use reqwest::Method;
use reqwest::header::USER_AGENT;
use serde_json::json;

use super::{MINUTES, add, addresses, send_verification};
use crate::support::{TestApp, apply, every_database};

const ADA: &str = "ada@example.com";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

#[apply(every_database)]
async fn the_mail_says_when_and_with_which_browser_it_was_requested(app: TestApp) {
    let body = json!({ "email": ADA, "password": "a donkey battery", "name": "Ada" });
    let request = app.anonymous.request(Method::POST, "/signup");
    // The header of the client comes first, so replace it.
    let mut request = request.json(&body).build().unwrap();
    request.headers_mut().insert(USER_AGENT, FIREFOX.parse().unwrap());
    reqwest::Client::new().execute(request).await.unwrap().error_for_status().unwrap();
    let text = app.mails_to(ADA).await.pop().unwrap().text();
    assert!(text.contains("on 2026-11-23 08:22 UTC, with Firefox (Linux)."), "{text}");

    // What a stranger may have written does not stand in the mail.
    app.sign_up("eve@example.com").await;
    let text = app.mails_to("eve@example.com").await.pop().unwrap().text();
    assert!(text.contains("with an unknown browser.") && !text.contains("tests"), "{text}");
}

#[apply(every_database)]
async fn the_owner_of_an_address_drops_a_claim_without_an_account(app: TestApp) {
    let eve = app.user().await;
    let mail = app.mails_to(ADA).await.pop().unwrap();
    let token = mail.token();
    assert!(mail.text().contains(&format!("#refuse-email={token}")), "{}", mail.text());
    app.anonymous.request_password_reset(ADA).await.expect(202);
    let reset = app.token_mailed_to(ADA).await;
    let claim = eve.get("/me/emails").await.expect(200).json()[0].clone();
    send_verification(&eve, &claim).await.expect(202);
    let before = app.inbox.mails_to(ADA).len();

    app.clock.advance(MINUTES);
    let reply = app.anonymous.refuse_email(&token).await.expect(204);
    assert_eq!(reply.text, "");

    assert!(addresses(&eve).await.is_empty());
    assert_eq!(app.mails_to(ADA).await.len(), before, "the mail that waited is not sent");
    eve.verify_email(&token).await.expect_problem(422, "invalid_one_time_token");
    for _ in 0..2 {
        let again = app.anonymous.refuse_email(&token).await;
        again.expect_problem(422, "invalid_one_time_token");
    }
    let refused = app.anonymous.confirm_password_reset(&reset, "a donkey battery").await;
    refused.expect_problem(422, "invalid_one_time_token");
    let events = eve.get("/me/events").await.expect(200).json();
    assert_eq!(events["results"][0]["type"], "email_refused");
    assert_eq!(events["results"][0].get("ipAddress"), None, "nothing about the owner is told");
}

#[apply(every_database)]
async fn an_address_that_was_proved_is_not_refused_and_neither_are_claims_of_others(app: TestApp) {
    let ada = app.user().await;
    let token = app.token_mailed_to(ADA).await;
    let emails = ada.get("/me/emails").await.expect(200).json();
    send_verification(&ada, &emails[0]).await.expect(202);
    let second = app.token_mailed_to(ADA).await;
    ada.verify_email(&token).await.expect(204);
    let reply = app.anonymous.refuse_email(&second).await;
    reply.expect_problem(422, "invalid_one_time_token");

    let eve = app.sign_up_and_log_in("eve@example.com").await;
    let bob = app.sign_up_and_log_in("bob@example.com").await;
    for client in [&eve, &bob] {
        app.clock.advance(MINUTES);
        add(client, "both@example.com").await;
    }
    let mails = app.mails_to("both@example.com").await;
    app.anonymous.refuse_email(&mails[0].token()).await.expect(204);
    assert_eq!(addresses(&eve).await, ["eve@example.com"]);
    assert_eq!(addresses(&bob).await, ["bob@example.com", "both@example.com"]);
    bob.verify_email(&mails[1].token()).await.expect(204);
}
