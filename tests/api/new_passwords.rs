//! The rules for new passwords, at each operation that sets one: POST /signup, PUT /me/password
//! and POST /password-resets/confirm, which also accepts an invitation.

use std::sync::Arc;

use current_user::account::Policy;
use current_user::account::administration::{Administration, Invitation, invite};
use current_user::value::{Email, TextValue as _};
use serde_json::json;

use crate::support::{
    PASSWORD, Reply, Setup, TestApp, TestDatabase, apply, every_database, write_breached_passwords,
};

const BREACHED: &str = "trombone giraffe";
const GOOD: &str = "incorrect donkey battery";

/// An application with a list of breached passwords, in a folder.
async fn with_list(database: TestDatabase, folder: &tempfile::TempDir) -> TestApp {
    let path = folder.path().join("pwnedpasswords.txt");
    write_breached_passwords(&path, &[BREACHED]);
    TestApp::start(database, Setup { breached_passwords: Some(path), ..Setup::default() }).await
}

#[track_caller]
fn expect_refused(reply: Reply, pointer: &str, code: &str) {
    let problem = reply.expect_problem(422, "validation_failed");
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{problem}");
    assert_eq!((&errors[0]["pointer"], &errors[0]["code"]), (&json!(pointer), &json!(code)));
}

async fn sign_up(app: &TestApp, name: &str, email: &str, password: &str) -> Reply {
    let body = json!({ "email": email, "password": password, "name": name });
    app.anonymous.post("/signup", body).await
}

/// A token that accepts an invitation of bob@example.com.
async fn invitation(app: &TestApp) -> String {
    let administration = Administration {
        store: app.store.clone(),
        clock: Arc::clone(&app.clock) as _,
        random: Arc::clone(&app.random) as _,
        policy: Policy::default(),
        secret: None,
    };
    let email = Email::parse("bob@example.com").unwrap();
    invite(&administration, Invitation { email, name: None, locale: None }).await.unwrap();
    app.token_mailed_to("bob@example.com").await
}

#[apply(every_database)]
async fn a_breached_password_is_refused_wherever_one_is_set(database: TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let app = with_list(database, &folder).await;
    let reply = sign_up(&app, "Ada", "ada@example.com", BREACHED).await;
    expect_refused(reply, "/password", "password_breached");

    let ada = app.active_user().await;
    let reply = ada.change_password(PASSWORD, BREACHED).await;
    expect_refused(reply, "/newPassword", "password_breached");
    ada.change_password(PASSWORD, GOOD).await.expect(204);

    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
    let reset = app.token_mailed_to("ada@example.com").await;
    for token in [reset, invitation(&app).await] {
        let reply = app.anonymous.confirm_password_reset(&token, BREACHED).await;
        expect_refused(reply, "/newPassword", "password_breached");
        // The token is not used up.
        app.anonymous.confirm_password_reset(&token, GOOD).await.expect(204);
    }
}

#[apply(every_database)]
async fn a_list_that_can_not_be_read_lets_no_new_password_pass(database: TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let app = with_list(database, &folder).await;
    let ada = app.user().await;
    let path = folder.path().join("pwnedpasswords.txt");
    std::fs::remove_file(&path).unwrap();

    let refused = sign_up(&app, "Bob", "bob@example.com", GOOD).await;
    assert_eq!(refused.header("retry-after"), "5");
    refused.expect_problem(503, "service_unavailable");
    ada.change_password(PASSWORD, GOOD).await.expect_problem(503, "service_unavailable");
    app.log_in("ada@example.com").await;

    // The operator puts a newer list there, without a restart.
    write_breached_passwords(&path, &["a more recent leak"]);
    let reply = sign_up(&app, "Bob", "bob@example.com", "a more recent leak").await;
    expect_refused(reply, "/password", "password_breached");
    sign_up(&app, "Bob", "bob@example.com", BREACHED).await.expect(201);
}

#[apply(every_database)]
async fn the_name_and_the_address_make_no_password(app: TestApp) {
    // The name with a year, the address, and the name of the service.
    for password in ["Lovelace1815!", "ada.l@mail.example", "ExampleAccounts1"] {
        let reply = sign_up(&app, "Ada Lovelace", "ada.l@mail.example", password).await;
        expect_refused(reply, "/password", "password_context_specific");
    }
    sign_up(&app, "Ada Lovelace", "ada.l@mail.example", "ada and the horses").await.expect(201);

    let ada = app.log_in_with("ada.l@mail.example", "ada and the horses").await;
    app.verify("ada.l@mail.example").await;
    // Another address of the user counts as well.
    ada.add_email("zuckerhut@example.com").await.expect(201);
    for password in ["lovelace-lovelace", "zuckerhut123"].repeat(6) {
        let reply = ada.change_password("ada and the horses", password).await;
        expect_refused(reply, "/newPassword", "password_context_specific");
    }
    // None of the twelve counts as a try of the current password.
    ada.reauthenticate("ada and the horses").await.expect(200);
    app.anonymous.request_password_reset("ada.l@mail.example").await.expect(202);
    let token = app.token_mailed_to("ada.l@mail.example").await;
    for password in ["LOVELACE 1815", "zuckerhut123"] {
        let reply = app.anonymous.confirm_password_reset(&token, password).await;
        expect_refused(reply, "/newPassword", "password_context_specific");
    }
    app.anonymous.confirm_password_reset(&token, GOOD).await.expect(204);
}
