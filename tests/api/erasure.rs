//! /erasures, and what is left of somebody who was erased: nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use current_user::store::personal_data::PersonalData;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};

use crate::support::{Leaver, Setup, TestApp, on_every_database, plain_png, with_setup};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Tables that hold nothing of users: migrations, and receipts, which name nobody.
const IMPERSONAL: [&str; 2] = ["erasures", "seaql_migrations"];

async fn names(app: &TestApp, on_sqlite: &str, on_postgres: &str) -> BTreeSet<String> {
    let other = app.database.connect().await;
    let sql = if app.database.is_sqlite() { on_sqlite } else { on_postgres };
    let statement = Statement::from_string(other.get_database_backend(), sql);
    let rows = other.query_all_raw(statement).await.unwrap();
    other.close().await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[tokio::test]
async fn every_table_is_known_to_hold_something_of_users_or_nothing() {
    for app in on_every_database().await {
        let tables = names(
            &app,
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        )
        .await;
        let known = PersonalData::ALL.iter().map(|table| table.table()).chain(IMPERSONAL);
        assert_eq!(
            tables,
            known.map(str::to_owned).collect(),
            "a new table belongs into the list of src/store/personal_data.rs, or into IMPERSONAL here"
        );

        let referring = names(
            &app,
            "SELECT tables.name FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name)
                AS keys WHERE tables.type = 'table' AND keys.\"table\" = 'users'",
            "SELECT conrelid::regclass::text FROM pg_constraint
                WHERE contype = 'f' AND confrelid = 'users'::regclass",
        )
        .await;
        let mut held: BTreeSet<_> =
            PersonalData::ALL.iter().map(|one| one.table().to_owned()).collect();
        held.remove("users");
        // A receipt loses its user with the user.
        held.insert("erasures".to_owned());
        assert_eq!(referring, held);
    }
}

/// Leaves for good.
async fn leave(app: &TestApp, leaver: &Leaver) -> String {
    let reply = leaver.client.delete("/me").await.expect(202);
    app.deliver().await;
    app.clock.advance(30 * DAY);
    reply.header("location").to_owned()
}

/// How many rows of each table the user has.
async fn stored(app: &TestApp, leaver: &Leaver) -> Vec<(&'static str, usize)> {
    let other = app.database.connect().await;
    let mut counts = Vec::new();
    for table in PersonalData::ALL {
        counts.push((table.name(), leaver.rows(app, &other, *table).await));
    }
    other.close().await.unwrap();
    counts
}

#[tokio::test]
async fn a_receipt_counts_what_was_erased_table_by_table() {
    for app in on_every_database().await {
        let leaver = Leaver::new(&app).await;
        let receipt = leave(&app, &leaver).await;
        let stored_before = stored(&app, &leaver).await;
        app.erase().await;

        let erasure = app.anonymous.get(&receipt).await.expect(200).json();
        let expected: Vec<Value> = stored_before
            .iter()
            .map(|(table, rows)| json!({ "table": table, "rows": rows }))
            .collect();
        assert_eq!(erasure["erased"], json!(expected));
        assert!(stored(&app, &leaver).await.iter().all(|(_, rows)| *rows == 0));
        let text = erasure.to_string();
        for secret in leaver.secrets() {
            assert!(!text.contains(&secret), "{secret}");
        }
        // Once is enough.
        app.clock.advance(DAY);
        app.erase().await;
        assert_eq!(app.anonymous.get(&receipt).await.expect(200).json(), erasure);
    }
}

#[tokio::test]
async fn nothing_of_somebody_else_is_touched() {
    for app in on_every_database().await {
        let leaver = Leaver::new(&app).await;
        let stays = Leaver::named(&app, "grace").await;
        let export = |mut export: Value| {
            // The export itself is held too.
            for name in ["exportedAt", "events"] {
                export.as_object_mut().unwrap().remove(name);
            }
            export
        };
        let before = export(stays.client.get("/me/export").await.expect(200).json());
        leaver.client.delete("/me").await.expect(202);
        app.deliver().await;
        // Not later than that, or what she has would expire.
        let other = app.database.connect().await;
        let now = "UPDATE erasures SET erase_at = requested_at, due_at = requested_at";
        other.execute_unprepared(now).await.unwrap();
        other.close().await.unwrap();
        app.erase().await;
        assert!(stored(&app, &leaver).await.iter().all(|(_, rows)| *rows == 0));

        let mut after = export(stays.client.get("/me/export").await.expect(200).json());
        // What waited was delivered meanwhile, and nothing else has changed.
        let mut before = before;
        for name in ["messages", "oneTimeTokens"] {
            before.as_object_mut().unwrap().remove(name);
            after.as_object_mut().unwrap().remove(name);
        }
        assert_eq!(after, before);
    }
}

/// Where a text stands in any file of a folder.
fn find(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(find(&path, text));
        } else if let Ok(bytes) = std::fs::read(&path) {
            let text = text.as_bytes();
            if bytes.windows(text.len()).any(|window| window == text) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

#[tokio::test]
async fn no_file_of_the_database_holds_anything_of_who_was_erased() {
    let app = crate::support::on_sqlite(Setup::default()).await;
    // Others, so that pages are shared, split and merged.
    for number in 0..20 {
        app.sign_up(&format!("other{number}@example.com")).await;
    }
    let leaver = Leaver::new(&app).await;
    for number in 20..40 {
        app.sign_up(&format!("other{number}@example.com")).await;
    }
    // Older values, too.
    for number in 0..20 {
        let bio = format!("{} {number} {}", leaver.bio(), "x".repeat(100 * number));
        leaver.client.patch("/me", json!({ "bio": bio })).await.expect(200);
    }
    let folder = Path::new(app.database.path()).parent().unwrap().to_owned();
    let secrets = leaver.secrets();
    for secret in &secrets {
        assert!(!find(&folder, secret).is_empty(), "{secret} is not there to begin with");
    }
    assert_eq!(std::fs::read_dir(app.avatars.path()).unwrap().count(), 1);

    let receipt = leave(&app, &leaver).await;
    app.erase().await;
    assert_eq!(app.anonymous.get(&receipt).await.expect(200).json()["status"], "erased");

    for secret in &secrets {
        assert_eq!(find(&folder, secret), [""; 0], "{secret}");
    }
    assert_eq!(std::fs::read_dir(app.avatars.path()).unwrap().count(), 0);
    app.log_in("other7@example.com").await;
}

#[tokio::test]
async fn several_nodes_erase_everybody_once() {
    let at_once = Setup { deletion_grace: Duration::ZERO, ..Setup::default() };
    for app in with_setup(at_once).await {
        let mut receipts = Vec::new();
        for number in 0..10 {
            let email = format!("ada{number}@example.com");
            app.sign_up(&email).await;
            let client = app.log_in(&email).await;
            client.upload(&plain_png(8, 8)).await.expect(200);
            let reply = client.delete("/me").await.expect(202);
            receipts.push(reply.header("location").to_owned());
        }
        futures_util::future::join_all((0..4).map(|_| app.erase())).await;
        for receipt in receipts {
            let erasure = app.anonymous.get(&receipt).await.expect(200).json();
            assert_eq!(erasure["status"], "erased");
            let rows = erasure["erased"].as_array().unwrap().iter();
            let users = rows.clone().find(|one| one["table"] == "user").unwrap();
            let avatars = rows.clone().find(|one| one["table"] == "avatars").unwrap();
            assert_eq!((&users["rows"], &avatars["rows"]), (&json!(1), &json!(1)));
        }
        assert_eq!(std::fs::read_dir(app.avatars.path()).unwrap().count(), 0);
    }
}

async fn set(other: &DatabaseConnection, sql: &str) {
    other.execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn an_upload_that_is_under_way_is_waited_for() {
    for app in on_every_database().await {
        let leaver = Leaver::new(&app).await;
        let receipt = leave(&app, &leaver).await;
        let other = app.database.connect().await;
        // As of one whose file is not written yet.
        let soon = if app.database.is_sqlite() {
            "UPDATE avatars SET delete_at = (SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', due_at,
                '+10 minutes') FROM erasures)"
        } else {
            "UPDATE avatars SET delete_at = (SELECT due_at + interval '10 minutes' FROM erasures)"
        };
        set(&other, soon).await;
        other.close().await.unwrap();
        app.erase().await;
        let erasure = app.anonymous.get(&receipt).await.expect(200).json();
        assert_eq!(erasure["status"], "scheduled");
        app.clock.advance(Duration::from_secs(11 * 60));
        app.erase().await;
        let erasure = app.anonymous.get(&receipt).await.expect(200).json();
        assert_eq!(erasure["status"], "erased");
        assert_eq!(std::fs::read_dir(app.avatars.path()).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn what_a_crash_left_between_the_rows_and_the_receipt_is_finished() {
    for app in on_every_database().await {
        let leaver = Leaver::new(&app).await;
        let receipt = leave(&app, &leaver).await;
        app.erase().await;
        let erasure = app.anonymous.get(&receipt).await.expect(200).json();
        // The rows are gone, and counted; then it crashed.
        let other = app.database.connect().await;
        set(&other, "UPDATE erasures SET erased_at = NULL").await;
        other.close().await.unwrap();
        let unfinished = app.anonymous.get(&receipt).await.expect(200).json();
        assert_eq!(unfinished["status"], "scheduled");
        app.clock.advance(Duration::from_secs(15));
        app.erase().await;
        let finished = app.anonymous.get(&receipt).await.expect(200).json();
        assert_eq!(finished["erased"], erasure["erased"]);
        assert_eq!(finished["status"], "erased");
    }
}

#[tokio::test]
async fn a_receipt_of_nothing_is_not_there() {
    for app in on_every_database().await {
        for id in ["00000000-0000-4000-8000-000000000000", "x"] {
            let reply = app.anonymous.get(&format!("/erasures/{id}")).await;
            reply.expect_problem(404, "not_found");
        }
    }
}
