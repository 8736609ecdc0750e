//! GET, PATCH and DELETE /me

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, Reply, TestApp, apply, every_database, sorted_statuses};

#[apply(every_database)]
async fn get_answers_the_user_of_the_token(app: TestApp) {
    let ada = app.user().await;
    let bob = app.sign_up_and_log_in("bob@example.com").await;

    let reply = ada.get("/me").await.expect(200);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("cache-control"), "private, no-cache");
    assert_eq!(reply.json()["defaultEmail"], "ada@example.com");
    assert_eq!(bob.get("/me").await.expect(200).json()["defaultEmail"], "bob@example.com");
}

#[apply(every_database)]
async fn the_bare_token_works_as_well(app: TestApp) {
    let ada = app.user().await;
    let token = ada.token();
    for value in [token.to_owned(), format!("Bearer {token}"), format!("bearer  {token}")] {
        let request = app.anonymous.request(Method::GET, "/me").header(AUTHORIZATION, &value);
        assert_eq!(Reply::to(request).await.status, 200, "{value}");
    }
}

#[apply(every_database)]
async fn what_is_no_working_token_is_401(app: TestApp) {
    let ada = app.user().await;
    let token = ada.token();
    let cases = [
        ("", "missing_token", "empty"),
        ("Bearer", "missing_token", "a scheme and no token"),
        ("Basic YWRhOnNlY3JldA==", "missing_token", "another scheme"),
        ("Bearer cu_", "invalid_token", "cut short"),
        (&format!("Bearer {}", token.to_uppercase()), "invalid_token", "another case"),
        (&format!("Bearer {token} {token}"), "invalid_token", "two tokens"),
    ];
    for (value, code, why) in cases {
        let request = app.anonymous.request(Method::GET, "/me").header(AUTHORIZATION, value);
        let reply = Reply::to(request).await;
        assert!(reply.header("www-authenticate").starts_with("Bearer"), "{why}");
        reply.expect_problem(401, code);
    }
    app.anonymous.get("/me").await.expect_problem(401, "missing_token");
}

/// Sends a patch. Returns the user.
async fn patch(client: &Client, body: Value) -> Value {
    client.patch("/me", body).await.expect(200).json()
}

#[apply(every_database)]
async fn patch_sets_keeps_and_clears(app: TestApp) {
    let ada = app.user().await;
    app.clock.advance(Duration::from_secs(1));
    let set = patch(
        &ada,
        json!({
            "name": "Ada King",
            "bio": "Cafe\u{301}\nsecond line",
            "avatarUrl": "HTTPS://Example.com/a b.png",
            "locale": "iw",
            "timezone": "us/pacific",
        }),
    )
    .await;
    assert_eq!(
        set,
        json!({
            "id": set["id"],
            "status": "pending",
            "name": "Ada King",
            "bio": "Caf\u{e9}\nsecond line",
            "avatarUrl": "https://example.com/a%20b.png",
            "defaultEmail": "ada@example.com",
            "phoneNumber": "",
            "locale": "he",
            "timezone": "US/Pacific",
            "activeSessions": 1,
            "createdAt": "2026-11-23T08:22:29.280Z",
            "updatedAt": "2026-11-23T08:22:30.280Z",
        })
    );

    let kept = patch(&ada, json!({ "bio": "new" })).await;
    assert_eq!(kept["name"], "Ada King");
    assert_eq!(kept["timezone"], "US/Pacific");

    let all = json!({ "bio": null, "avatarUrl": null, "locale": null, "timezone": null });
    let cleared = patch(&ada, all).await;
    for property in ["bio", "avatarUrl", "locale", "timezone"] {
        assert!(cleared.get(property).is_none(), "null must remove {property}");
    }
    assert_eq!(ada.get("/me").await.expect(200).json(), cleared, "a later read must show the same");
}

#[apply(every_database)]
async fn a_patch_that_changes_nothing_leaves_updated_at(app: TestApp) {
    let ada = app.user().await;
    let before = ada.get("/me").await.expect(200).json();
    app.clock.advance(Duration::from_secs(1));
    for same in [json!({}), json!({ "name": "Ada" }), json!({ "bio": null })] {
        assert_eq!(patch(&ada, same).await, before);
    }
}

#[apply(every_database)]
async fn a_merge_patch_may_call_itself_one(app: TestApp) {
    let ada = app.user().await;
    for media_type in ["application/json; charset=utf-8", "application/merge-patch+json"] {
        let request = ada.request(Method::PATCH, "/me").header(CONTENT_TYPE, media_type);
        assert_eq!(Reply::to(request.body(r#"{"bio":"x"}"#)).await.status, 200, "{media_type}");
    }
}

#[apply(every_database)]
async fn every_error_of_a_patch_comes_back_and_nothing_is_stored(app: TestApp) {
    let ada = app.user().await;
    let before = ada.get("/me").await.expect(200).json();
    let body = json!({
        "bio": "this one is fine",
        "name": null,
        "avatarUrl": "http://example.com/",
        "locale": 5,
        "timezone": "Mars/Olympus",
        "id": "00000000-0000-0000-0000-000000000000",
        "no/such": true,
    });
    let problem = ada.patch("/me", body).await.expect_problem(422, "validation_failed");
    let errors: Vec<(&str, &str)> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        errors,
        [
            ("/name", "invalid_type"),
            ("/avatarUrl", "not_https"),
            ("/locale", "invalid_type"),
            ("/timezone", "invalid_timezone"),
            ("/id", "unknown_property"),
            ("/no~1such", "unknown_property"),
        ]
    );
    assert_eq!(ada.get("/me").await.expect(200).json(), before);
}

#[apply(every_database)]
async fn types_are_strict(app: TestApp) {
    let ada = app.user().await;
    for value in [json!(5), json!(true), json!(["Ada"]), json!({ "a": 1 })] {
        let reply = ada.patch("/me", json!({ "name": value })).await;
        let problem = reply.expect_problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["message"], "must be of type string");
    }
    for value in [json!([]), json!("name"), json!(null)] {
        let problem = ada.patch("/me", value).await.expect_problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "", "the error is about the whole body");
    }
}

#[apply(every_database)]
async fn two_patches_at_once_both_take_effect(app: TestApp) {
    let ada = app.user().await;
    for round in 0..10 {
        let (bio, name) = (format!("bio {round}"), format!("name {round}"));
        tokio::join!(patch(&ada, json!({ "bio": bio })), patch(&ada, json!({ "name": name })),);
        let me = ada.get("/me").await.expect(200).json();
        assert_eq!((&me["bio"], &me["name"]), (&json!(bio), &json!(name)));
    }
}

#[apply(every_database)]
async fn delete_ends_every_session_and_closes_the_account(app: TestApp) {
    let phone = app.active_user().await;
    let laptop = app.log_in("ada@example.com").await;

    let reply = phone.delete("/me").await.expect(202);
    assert_eq!(reply.text, "");

    phone.get("/me").await.expect_problem(401, "invalid_token");
    laptop.get("/me").await.expect_problem(401, "invalid_token");
    laptop.delete("/me").await.expect_problem(401, "invalid_token");
    log_in_says(&app, PASSWORD, 403, "account_deleted").await;
    // Without the right password the reply does not reveal the account.
    log_in_says(&app, "wrong", 401, "invalid_credentials").await;
    // The address stays reserved until the erasure.
    app.anonymous.try_sign_up("ada@example.com").await.expect_problem(409, "email_taken");
}

async fn log_in_says(app: &TestApp, password: &str, status: u16, code: &str) {
    app.anonymous.try_log_in("ada@example.com", password).await.expect_problem(status, code);
}

#[apply(every_database)]
async fn an_entity_tag_saves_what_the_client_has(app: TestApp) {
    let ada = app.user().await;
    let first = ada.get("/me").await.expect(200);
    let tag = first.header("etag").to_owned();

    for (value, status) in [(tag.as_str(), 304), ("*", 304), ("\"other\"", 200)] {
        for method in [Method::GET, Method::HEAD] {
            let request = ada.request(method, "/me").header(IF_NONE_MATCH, value);
            let reply = Reply::to(request).await.expect(status);
            assert_eq!(reply.header("etag"), tag);
            assert_eq!(reply.header("cache-control"), "private, no-cache");
        }
    }

    patch(&ada, json!({ "bio": "new" })).await;
    let request = ada.request(Method::GET, "/me").header(IF_NONE_MATCH, &tag);
    assert_ne!(Reply::to(request).await.expect(200).header("etag"), tag);
}

#[apply(every_database)]
async fn every_reply_with_a_user_has_the_tag_that_get_would_have(app: TestApp) {
    let signed_up = app.anonymous.try_sign_up("ada@example.com").await.expect(201);
    let ada = app.log_in("ada@example.com").await;
    let got = ada.get("/me").await.expect(200);
    // The representation has changed: there is one more session.
    assert_ne!(signed_up.header("etag"), got.header("etag"));

    let changed = ada.patch("/me", json!({ "bio": "x" })).await.expect(200);
    let got = ada.get("/me").await.expect(200);
    assert_eq!(changed.header("etag"), got.header("etag"));
    assert_eq!(changed.text, got.text);
}

#[apply(every_database)]
async fn a_change_can_demand_that_nobody_else_made_one(app: TestApp) {
    let ada = app.user().await;
    let stale = ada.get("/me").await.expect(200).header("etag").to_owned();
    let fresh = ada.patch("/me", json!({ "bio": "1" })).await.expect(200);
    let fresh = fresh.header("etag");

    for (method, body) in [(Method::PATCH, json!({ "bio": "2" })), (Method::DELETE, json!(null))] {
        let request = ada.request(method, "/me").header(IF_MATCH, &stale).json(&body);
        Reply::to(request).await.expect_problem(412, "precondition_failed");
    }
    assert_eq!(
        ada.get("/me").await.expect(200).json()["bio"],
        "1",
        "a failed precondition must change nothing"
    );

    let request = ada.request(Method::PATCH, "/me").header(IF_MATCH, fresh);
    let reply = Reply::to(request.json(&json!({ "bio": "2" }))).await.expect(200);
    let request = ada.request(Method::DELETE, "/me").header(IF_MATCH, reply.header("etag"));
    Reply::to(request).await.expect(202);
}

#[apply(every_database)]
async fn of_two_writers_with_one_tag_one_wins(app: TestApp) {
    let ada = app.user().await;
    for round in 0..10 {
        let tag = ada.get("/me").await.expect(200).header("etag").to_owned();
        let write = |text: String| {
            let request = ada.request(Method::PATCH, "/me").header(IF_MATCH, &tag);
            Reply::to(request.json(&json!({ "bio": text })))
        };
        let (one, two) = tokio::join!(write(format!("one {round}")), write(format!("two {round}")));
        assert_eq!(sorted_statuses([&one, &two]), [200, 412]);
    }
}

#[apply(every_database)]
async fn a_condition_that_can_not_be_read_is_not_ignored(app: TestApp) {
    let ada = app.user().await;
    for value in ["0", "", "\"open", "W/0"] {
        let request = ada.request(Method::PATCH, "/me").header(IF_MATCH, value);
        let reply = Reply::to(request.json(&json!({ "bio": "x" }))).await;
        reply.expect_problem(400, "bad_request");
        let request = ada.request(Method::GET, "/me").header(IF_NONE_MATCH, value);
        Reply::to(request).await.expect_problem(400, "bad_request");
    }
    assert!(ada.get("/me").await.expect(200).json().get("bio").is_none());
}

#[apply(every_database)]
async fn a_property_that_stands_there_twice_is_refused(app: TestApp) {
    let ada = app.user().await;
    let body = r#"{"name": "Ada", "bio": "x", "name": "Eve", "\u0062io": null}"#;
    let request = ada.request(Method::PATCH, "/me").header(CONTENT_TYPE, "application/json");
    let problem = Reply::to(request.body(body)).await.expect_problem(422, "validation_failed");
    let again = |pointer: &str| json!({ "pointer": pointer, "code": "duplicate_property", "message": "stands there more than once" });
    assert_eq!(problem["errors"], json!([again("/name"), again("/bio")]));
    assert_eq!(ada.get("/me").await.expect(200).json()["name"], "Ada");
}
