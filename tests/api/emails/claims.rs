//! Claims: an address belongs to the user who verifies it. An address that is not
//! verified has few uses.

use serde_json::json;

use super::{MINUTES, add, addresses};
use crate::support::{PASSWORD, TestApp, apply, every_database, sorted_statuses};

#[apply(every_database)]
async fn the_old_default_address_is_told_and_has_a_way_back(app: TestApp) {
    let ada = app.active_user().await;
    let eve = app.log_in("ada@example.com").await;
    let before = app.mails_to("ada@example.com").await.len();
    // Eve knows Ada's password.
    let hers = add(&eve, "eve@example.com").await;
    app.verify("eve@example.com").await;
    eve.set_default_email(&hers).await.expect(200);
    let mine = &ada.get("/me/emails").await.expect(200).json()[0];
    eve.remove_email(mine).await.expect(204);

    let notices = app.mails_to("ada@example.com").await.split_off(before);
    assert_eq!(notices.len(), 2, "one notice of the new address, and one of the new default");
    assert!(notices.iter().all(|notice| notice.text().contains("eve@example.com")));
    let hers = app.mails_to("eve@example.com").await.last().unwrap().token();

    // The token of the last notice undoes all changes.
    let mine = notices[1].token();
    let new = "incorrect donkey battery";
    app.anonymous.confirm_password_reset(&mine, new).await.expect(204);

    for session in [&ada, &eve] {
        session.get("/me").await.expect_problem(401, "invalid_token");
    }
    let ada = app.log_in_with("ada@example.com", new).await;
    assert_eq!(ada.get("/me").await.expect(200).json()["defaultEmail"], "ada@example.com");
    assert_eq!(addresses(&ada).await, ["ada@example.com"]);
    // The token of Eve's notice is now invalid, and so is the token that was used.
    for (token, password) in [(hers, "a third donkey battery"), (mine, new)] {
        let reply = app.anonymous.confirm_password_reset(&token, password).await;
        reply.expect_problem(422, "invalid_one_time_token");
    }
}

#[apply(every_database)]
async fn any_notice_undoes_what_an_earlier_one_told_of(app: TestApp) {
    app.active_user().await;
    let eve = app.log_in("ada@example.com").await;
    add(&eve, "eve@example.com").await;
    app.verify("eve@example.com").await;
    app.clock.advance(MINUTES);
    eve.change_password(PASSWORD, "stolen it is now").await.expect(204);

    // The last notice is about the password. Eve's address was added before.
    let notice = app.mails_to("ada@example.com").await.pop().unwrap();
    assert!(notice.subject().contains("password"), "{}", notice.subject());
    let new = "incorrect donkey battery";
    app.anonymous.confirm_password_reset(&notice.token(), new).await.expect(204);
    let ada = app.log_in_with("ada@example.com", new).await;
    assert_eq!(addresses(&ada).await, ["ada@example.com"]);
}

#[apply(every_database)]
async fn an_address_that_was_never_proved_opens_nothing_once_another_was(app: TestApp) {
    // Ada mistyped her address. It belongs to another person.
    let ada = app.sign_up_and_log_in("stranger@example.com").await;
    add(&ada, "ada@example.com").await;
    app.verify("ada@example.com").await;
    let me = ada.get("/me").await.expect(200).json();
    assert_eq!((&me["defaultEmail"], &me["status"]), (&json!("ada@example.com"), &json!("active")));

    let before = app.mails_to("stranger@example.com").await.len();
    app.anonymous.request_password_reset("stranger@example.com").await.expect(202);
    assert_eq!(app.mails_to("stranger@example.com").await.len(), before);
    app.anonymous
        .try_log_in("stranger@example.com", PASSWORD)
        .await
        .expect_problem(401, "invalid_credentials");
}

#[apply(every_database)]
async fn an_address_belongs_to_whoever_verifies_it(app: TestApp) {
    // Eve and Ada both sign up with Ada's address. Eve is the first.
    let eve = app.user().await;
    app.mails_to("ada@example.com").await;
    app.anonymous.try_sign_up("ADA@example.com").await.expect(201);
    app.verify("ADA@example.com").await;

    let me = eve.get("/me").await.expect(200).json();
    assert_eq!(me.get("defaultEmail"), None, "Eve loses her claim");
    assert!(addresses(&eve).await.is_empty());
    let ada = app.log_in("ada@example.com").await;
    assert_eq!(ada.get("/me").await.expect(200).json()["defaultEmail"], "ADA@example.com");

    // From then on no other user can claim the address.
    eve.add_email("ada@example.com").await.expect_problem(409, "email_taken");
    app.anonymous.try_sign_up("ada@example.com").await.expect_problem(409, "email_taken");
    // A user without an address gets a default address by verifying another one.
    add(&eve, "eve@example.com").await;
    app.verify("eve@example.com").await;
    let me = eve.get("/me").await.expect(200).json();
    assert_eq!((&me["defaultEmail"], &me["status"]), (&json!("eve@example.com"), &json!("active")));
}

#[apply(every_database)]
async fn of_two_who_verify_one_address_at_once_one_wins(app: TestApp) {
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
    let (one, two) = tokio::join!(people[0].verify_email(&one), people[1].verify_email(&two));
    assert_eq!(sorted_statuses([&one, &two]), [204, 422]);
    let mut owners = 0;
    for client in &people {
        let addresses = addresses(client).await;
        owners += addresses.iter().filter(|email| *email == "both@example.com").count();
    }
    assert_eq!(owners, 1);
}

#[apply(every_database)]
async fn a_claim_that_came_as_somebody_else_verified_the_address_can_not_be_verified(app: TestApp) {
    let ada = app.active_user().await;
    add(&ada, "both@example.com").await;
    let token = app.token_mailed_to("both@example.com").await;
    app.sign_up("eve@example.com").await;
    // The same rows are left when the claim is committed right after the verification.
    app.database
        .execute(
            "UPDATE emails SET normalized = 'both@example.com', verified_at = created_at
            WHERE email = 'eve@example.com'",
        )
        .await;
    ada.verify_email(&token).await.expect_problem(409, "email_taken");
    let emails = ada.get("/me/emails").await.expect(200).json();
    assert_eq!(emails[1]["verified"], false);
}
