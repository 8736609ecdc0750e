//! POST /signup

use serde_json::json;

use crate::support::{PASSWORD, TestApp, apply, every_database};

#[apply(every_database)]
async fn signing_up_answers_the_new_user(app: TestApp) {
    let body = json!({
        "email": "Ada@Example.com",
        "password": PASSWORD,
        "name": "  Ada Lovelace ",
        "locale": "EN-gb",
        "timezone": "europe/london",
    });
    let reply = app.anonymous.post("/signup", body).await.expect(201);
    assert_eq!(reply.header("location"), "/me");
    let user = reply.json();
    assert_eq!(
        user,
        json!({
            "id": user["id"],
            "status": "pending",
            "name": "Ada Lovelace",
            "defaultEmail": "Ada@Example.com",
            "phoneNumber": "",
            "locale": "en-GB",
            "timezone": "Europe/London",
            "activeSessions": 0,
            "createdAt": "2026-11-23T08:22:29.280Z",
            "updatedAt": "2026-11-23T08:22:29.280Z",
        })
    );
    // The id is a UUIDv7 with this time.
    assert!(user["id"].as_str().unwrap().starts_with("01a2077f-"), "{user}");
}

#[apply(every_database)]
async fn what_is_optional_can_be_left_out(app: TestApp) {
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" });
    let user = app.anonymous.post("/signup", body).await.expect(201).json();
    for property in ["bio", "avatarUrl", "locale", "timezone"] {
        assert!(user.get(property).is_none(), "{property} is absent when not set");
    }
}

#[apply(every_database)]
async fn an_email_address_that_is_verified_is_taken(app: TestApp) {
    app.active_user().await;
    for same in ["ada@example.com", "ADA@EXAMPLE.COM"] {
        let body = json!({ "email": same, "password": PASSWORD, "name": "Other" });
        let reply = app.anonymous.post("/signup", body).await;
        reply.expect_problem(409, "email_taken");
    }
}

#[apply(every_database)]
async fn an_email_address_that_nobody_has_verified_blocks_nobody(app: TestApp) {
    let mut tokens = Vec::new();
    for password in ["a first password", "a second password"] {
        let body = json!({ "email": "ada@example.com", "password": password, "name": "Ada" });
        app.anonymous.post("/signup", body).await.expect(201);
    }
    // Both users can log in with their own passwords until one of them verifies the address.
    for password in ["a first password", "a second password"] {
        let reply = app.anonymous.try_log_in("ada@example.com", password).await.expect(200).json();
        tokens.push(reply["user"]["id"].clone());
    }
    assert_ne!(tokens[0], tokens[1]);
    app.verify("ada@example.com").await;
    let statuses = ["a first password", "a second password"]
        .map(|password| app.anonymous.try_log_in("ada@example.com", password));
    let replies = futures_util::future::join_all(statuses).await;
    let mut statuses = replies.iter().map(|reply| reply.status.as_u16()).collect::<Vec<_>>();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[apply(every_database)]
async fn all_errors_come_back_at_once(app: TestApp) {
    let body = json!({
        "email": "ada",
        "password": "password1",
        "locale": "xx",
        "timezone": "Mars/Olympus",
        "status": "active",
    });
    let problem =
        app.anonymous.post("/signup", body).await.expect_problem(422, "validation_failed");
    assert_eq!(
        problem["errors"],
        json!([
            { "pointer": "/name", "code": "required", "message": "is required" },
            { "pointer": "/email", "code": "invalid_email", "message": "must be an email address, like `ada@example.com`" },
            { "pointer": "/password", "code": "password_too_common", "message": "is one of the most common passwords; choose another one" },
            { "pointer": "/locale", "code": "invalid_locale", "message": "must be a BCP 47 language tag of registered subtags, like `en-GB`" },
            { "pointer": "/timezone", "code": "invalid_timezone", "message": "must be an IANA time zone name, like `Europe/London`" },
            { "pointer": "/status", "code": "unknown_property", "message": "is not a property that can be set here" },
        ])
    );
}
