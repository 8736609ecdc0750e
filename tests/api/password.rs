//! PUT /me/password

use crate::support::{PASSWORD, TestApp, apply, every_database, sorted_statuses};

const NEW: &str = "incorrect donkey battery";

#[apply(every_database)]
async fn changing_the_password_ends_all_other_sessions(app: TestApp) {
    let phone = app.user().await;
    let laptop = app.log_in("ada@example.com").await;

    laptop.change_password(PASSWORD, NEW).await.expect(204);

    phone.get("/me").await.expect_problem(401, "invalid_token");
    laptop.get("/me").await.expect(200);
    app.anonymous
        .try_log_in("ada@example.com", PASSWORD)
        .await
        .expect_problem(401, "invalid_credentials");
    app.anonymous.try_log_in("ada@example.com", NEW).await.expect(200);
}

#[apply(every_database)]
async fn the_current_password_must_be_right(app: TestApp) {
    let ada = app.user().await;
    ada.change_password("wrong", NEW).await.expect_problem(403, "wrong_password");
    app.log_in("ada@example.com").await;
}

#[apply(every_database)]
async fn the_new_password_must_be_a_good_one(app: TestApp) {
    let ada = app.user().await;
    let cases = [("short", "too_short"), ("qwertyuiop", "password_too_common")];
    for (new, code) in cases {
        let reply = ada.change_password(PASSWORD, new).await;
        let problem = reply.expect_problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/newPassword");
        assert_eq!(problem["errors"][0]["code"], code);
    }
}

#[apply(every_database)]
async fn of_two_changes_at_once_one_wins(app: TestApp) {
    let ada = app.user().await;
    let (one, two) = tokio::join!(
        ada.change_password(PASSWORD, "one donkey battery"),
        ada.change_password(PASSWORD, "two donkeys battery"),
    );
    assert_eq!(sorted_statuses([&one, &two]), [204, 403]);
}

#[apply(every_database)]
async fn a_password_is_taken_exactly_as_it_is(app: TestApp) {
    let ada = app.user().await;
    let exact = " Ünïcode ist schön: é \u{1F511} ".repeat(5);
    assert!(exact.chars().count() > 72, "longer than some algorithms read");
    ada.change_password(PASSWORD, &exact).await.expect(204);
    let almost = [
        exact.trim().to_owned(),
        exact.to_lowercase(),
        exact.chars().take(72).collect(),
        exact.replace('é', "e\u{301}"),
    ];
    for wrong in almost {
        let reply = app.anonymous.try_log_in("ada@example.com", &wrong).await;
        reply.expect_problem(401, "invalid_credentials");
    }
    app.anonymous.try_log_in("ada@example.com", &exact).await.expect(200);
}
