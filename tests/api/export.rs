//! /me/export

use current_user::store::personal_data::PersonalData;
use data_encoding::BASE64;
use serde_json::json;

use crate::support::{Leaver, PASSWORD, on_every_database, plain_png};

#[tokio::test]
async fn everything_that_is_held_is_exported() {
    for app in on_every_database().await {
        let leaver = Leaver::new(&app).await;
        let reply = leaver.client.get("/me/export").await.expect(200);
        assert_eq!(
            reply.header("content-disposition"),
            "attachment; filename=\"current-user.json\""
        );
        assert_eq!(reply.header("cache-control"), "no-store");
        let export = reply.json();
        let other = app.database.connect().await;
        for table in PersonalData::ALL {
            let held = leaver.rows(&app, &other, *table).await;
            assert!(held > 0, "the test knows of no {}", table.name());
            let exported = match &export[table.name()] {
                serde_json::Value::Array(rows) => rows.len(),
                row if row.is_object() => 1,
                _ => 0,
            };
            assert_eq!(exported, held, "{}", table.name());
        }
        other.close().await.unwrap();

        assert_eq!(export["user"]["bio"], leaver.bio());
        assert_eq!(export["emails"][0]["email"], leaver.email());
        let picture = export["avatars"][0]["content"].as_str().unwrap();
        let (_, path) = export["avatars"][0]["url"].as_str().unwrap().rsplit_once("/").unwrap();
        let file = std::fs::read(app.avatars.path().join(path)).unwrap();
        assert_eq!(BASE64.decode(picture.as_bytes()).unwrap(), file);
        for secret in ["argon2", "hash"] {
            assert!(!reply.text.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn long_histories_are_exported_whole_and_in_order() {
    for app in on_every_database().await {
        let ada = app.user().await;
        for _ in 0..250 {
            ada.delete("/me/sessions").await.expect(204);
        }
        let export = ada.get("/me/export").await.expect(200).json();
        let events = export["events"].as_array().unwrap();
        assert_eq!(events.len(), 253, "with signing up, logging in, and the export");
        let ids: Vec<_> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
        assert!(ids.is_sorted());
    }
}

#[tokio::test]
async fn nothing_of_others_is_in_an_export() {
    for app in on_every_database().await {
        let ada = app.active_user().await;
        ada.upload(&plain_png(8, 8)).await.expect(200);
        app.sign_up("eve@example.com").await;
        let eve = app.log_in("eve@example.com").await;
        // She claims what is not hers, as far as she can.
        let body = json!({ "email": "ada@example.com" });
        eve.post("/me/emails", body.clone()).await.expect_problem(409, "email_taken");
        app.anonymous.post("/password-resets", body).await.expect(202);
        let export = eve.get("/me/export").await.expect(200);
        assert!(!export.text.contains("ada@"), "{}", export.text);
        let hers = ada.get("/me/export").await.expect(200);
        assert!(hers.text.contains("reset_password"), "that waits for ada");
        assert!(!hers.text.contains(PASSWORD) && !hers.text.contains("eve@"));
    }
}
