//! /me/export

use std::time::Duration;

use data_encoding::BASE64;

use crate::support::{
    FullUser, PASSWORD, PersonalTable, TestApp, apply, every_database, plain_png,
};

#[apply(every_database)]
async fn everything_that_is_held_is_exported(app: TestApp) {
    let user = FullUser::new(&app).await;
    let reply = user.client.get("/me/export").await.expect(200);
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"current-user.json\"");
    assert_eq!(reply.header("cache-control"), "no-store");
    let export = reply.json();
    for table in PersonalTable::all() {
        let stored = user.rows(&app, table).await;
        assert!(stored > 0, "FullUser has no row in {}", table.name);
        let exported = match &export[table.name] {
            serde_json::Value::Array(rows) => rows.len(),
            row if row.is_object() => 1,
            _ => 0,
        };
        assert_eq!(exported, stored, "{}", table.name);
    }

    assert_eq!(export["user"]["bio"], user.bio());
    assert_eq!(export["emails"][0]["email"], user.email());
    let avatar = export["avatars"][0]["content"].as_str().unwrap();
    let (_, path) = export["avatars"][0]["url"].as_str().unwrap().rsplit_once("/").unwrap();
    let file = std::fs::read(app.avatars.path().join(path)).unwrap();
    assert_eq!(BASE64.decode(avatar.as_bytes()).unwrap(), file);
    for secret in ["argon2", "hash"] {
        assert!(!reply.text.contains(secret), "{secret}");
    }
}

#[apply(every_database)]
async fn long_histories_are_exported_whole_and_in_order(app: TestApp) {
    let ada = app.user().await;
    // A user gets at most 50 events of one type a day.
    for _ in 0..5 {
        for _ in 0..50 {
            ada.get("/me/export").await.expect(200);
        }
        app.clock.advance(Duration::from_secs(24 * 60 * 60));
    }
    let export = ada.get("/me/export").await.expect(200).json();
    let events = export["events"].as_array().unwrap();
    assert_eq!(events.len(), 253, "the sign-up, the login and the export are events too");
    let ids: Vec<_> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted());
}

#[apply(every_database)]
async fn nothing_of_others_is_in_an_export(app: TestApp) {
    let ada = app.active_user().await;
    ada.upload(&plain_png(8, 8)).await.expect(200);
    let eve = app.sign_up_and_log_in("eve@example.com").await;
    // Eve sends requests that name Ada's address.
    eve.add_email("ada@example.com").await.expect_problem(409, "email_taken");
    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
    let export = eve.get("/me/export").await.expect(200);
    assert!(!export.text.contains("ada@"), "{}", export.text);
    let hers = ada.get("/me/export").await.expect(200);
    assert!(hers.text.contains("reset_password"), "Ada's export lists the message to Ada");
    assert!(!hers.text.contains(PASSWORD) && !hers.text.contains("eve@"));
}
