//! /erasures, and the erasure of everything that is stored about a user.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    FullUser, PersonalTable, Setup, TestApp, TestDatabase, apply, every_database, plain_png,
    sqlite_only,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The tables without personal data: the migrations, and the receipts, which name no user.
const IMPERSONAL: [&str; 4] = ["erasures", "rate_limits", "seaql_migrations", "server_secret"];

/// The table of changes on PostgreSQL. It names only ids, and only for a few minutes.
const CHANGES: &str = "changes";

/// The names that the query for this database finds.
async fn names(app: &TestApp, on_sqlite: &str, on_postgres: &str) -> BTreeSet<String> {
    let sql = if app.database.is_sqlite() { on_sqlite } else { on_postgres };
    app.database.query(sql).await.into_iter().collect()
}

#[apply(every_database)]
async fn every_table_is_known_to_hold_something_of_users_or_nothing(app: TestApp) {
    let tables = names(
        &app,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
    )
    .await;
    let changes = (!app.database.is_sqlite()).then_some(CHANGES);
    let known = PersonalTable::all().map(|one| one.table).chain(IMPERSONAL).chain(changes);
    assert_eq!(
        tables,
        known.map(str::to_owned).collect(),
        "add a new table to the list of tables with personal data in src/store, or to IMPERSONAL"
    );

    let referring = names(
        &app,
        "SELECT tables.name FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name)
            AS keys WHERE tables.type = 'table' AND keys.\"table\" = 'users'",
        "SELECT conrelid::regclass::text FROM pg_constraint
            WHERE contype = 'f' AND confrelid = 'users'::regclass",
    )
    .await;
    let mut expected: BTreeSet<_> = PersonalTable::all().map(|one| one.table.to_owned()).collect();
    expected.remove("users");
    // A receipt refers to the user until the erasure.
    expected.insert("erasures".to_owned());
    assert_eq!(referring, expected);
}

/// Deletes the account, and advances the clock to the erasure. Returns the receipt's path.
async fn delete(app: &TestApp, user: &FullUser) -> String {
    let reply = user.client.delete("/me").await.expect(202);
    app.deliver().await;
    app.clock.advance(30 * DAY);
    reply.header("location").to_owned()
}

/// The number of the user's rows in each table.
async fn stored(app: &TestApp, user: &FullUser) -> Vec<(&'static str, usize)> {
    let mut counts = Vec::new();
    for table in PersonalTable::all() {
        counts.push((table.name, user.rows(app, table).await));
    }
    counts
}

#[apply(every_database)]
async fn a_receipt_counts_what_was_erased_table_by_table(app: TestApp) {
    let user = FullUser::new(&app).await;
    let receipt = delete(&app, &user).await;
    let stored_before = stored(&app, &user).await;
    app.erase().await;

    let erasure = app.anonymous.get(&receipt).await.expect(200).json();
    let expected: Vec<Value> =
        stored_before.iter().map(|(table, rows)| json!({ "table": table, "rows": rows })).collect();
    assert_eq!(erasure["erased"], json!(expected));
    assert!(stored(&app, &user).await.iter().all(|(_, rows)| *rows == 0));
    let text = erasure.to_string();
    for personal in user.personal_texts() {
        assert!(!text.contains(&personal), "{personal}");
    }
    // Another erasure changes nothing.
    app.clock.advance(DAY);
    app.erase().await;
    assert_eq!(app.anonymous.get(&receipt).await.expect(200).json(), erasure);
}

#[apply(every_database)]
async fn nothing_of_somebody_else_is_touched(app: TestApp) {
    let user = FullUser::new(&app).await;
    let stays = FullUser::named(&app, "grace").await;
    let export = |mut export: Value| {
        // The export adds an event itself.
        for name in ["exportedAt", "events"] {
            export.as_object_mut().unwrap().remove(name);
        }
        export
    };
    let before = export(stays.client.get("/me/export").await.expect(200).json());
    user.client.delete("/me").await.expect(202);
    app.deliver().await;
    // The erasure becomes due now: later, the tokens of the other user would expire.
    let now = "UPDATE erasures SET erase_at = requested_at, due_at = requested_at";
    app.database.execute(now).await;
    app.erase().await;
    assert!(stored(&app, &user).await.iter().all(|(_, rows)| *rows == 0));

    let mut after = export(stays.client.get("/me/export").await.expect(200).json());
    // The waiting messages were delivered in the meantime. Nothing else has changed.
    let mut before = before;
    for name in ["messages", "oneTimeTokens"] {
        before.as_object_mut().unwrap().remove(name);
        after.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(after, before);
}

/// The files in a folder that contain a text.
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

#[apply(sqlite_only)]
async fn no_file_of_the_database_holds_anything_of_who_was_erased(database: TestDatabase) {
    let app = TestApp::without_limits(database).await;
    // Other users make the database share, split and merge its pages.
    for number in 0..20 {
        app.sign_up(&format!("other{number}@example.com")).await;
    }
    let user = FullUser::new(&app).await;
    for number in 20..40 {
        app.sign_up(&format!("other{number}@example.com")).await;
    }
    // Each change leaves an older value in the files.
    for number in 0..20 {
        let bio = format!("{} {number} {}", user.bio(), "x".repeat(100 * number));
        user.client.patch("/me", json!({ "bio": bio })).await.expect(200);
    }
    let folder = Path::new(app.database.path()).parent().unwrap().to_owned();
    let personal_texts = user.personal_texts();
    for personal in &personal_texts {
        assert!(!find(&folder, personal).is_empty(), "{personal} was never stored");
    }
    assert_eq!(std::fs::read_dir(app.avatars.path()).unwrap().count(), 1);

    let receipt = delete(&app, &user).await;
    app.erase().await;
    assert_eq!(app.anonymous.get(&receipt).await.expect(200).json()["status"], "erased");

    for personal in &personal_texts {
        assert_eq!(find(&folder, personal), [""; 0], "{personal}");
    }
    assert_eq!(std::fs::read_dir(app.avatars.path()).unwrap().count(), 0);
    app.log_in("other7@example.com").await;
}

#[apply(every_database)]
async fn several_nodes_erase_everybody_once(database: TestDatabase) {
    let at_once = Setup { deletion_grace: Duration::ZERO, ..Setup::default() };
    let app = TestApp::start(database, at_once).await;
    let mut receipts = Vec::new();
    for number in 0..10 {
        let email = format!("ada{number}@example.com");
        let client = app.sign_up_and_log_in(&email).await;
        client.upload(&plain_png(8, 8)).await.expect(200);
        let reply = client.delete("/me").await.expect(202);
        receipts.push(reply.header("location").to_owned());
    }
    app.deliver().await;
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

#[apply(every_database)]
async fn an_upload_that_is_under_way_is_waited_for(app: TestApp) {
    let user = FullUser::new(&app).await;
    let receipt = delete(&app, &user).await;
    // An upload is under way, and has not written its file yet.
    let soon = if app.database.is_sqlite() {
        "UPDATE avatars SET delete_at = (SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', due_at,
            '+10 minutes') FROM erasures)"
    } else {
        "UPDATE avatars SET delete_at = (SELECT due_at + interval '10 minutes' FROM erasures)"
    };
    app.database.execute(soon).await;
    app.erase().await;
    let erasure = app.anonymous.get(&receipt).await.expect(200).json();
    assert_eq!(erasure["status"], "scheduled");
    app.clock.advance(Duration::from_secs(11 * 60));
    app.erase().await;
    let erasure = app.anonymous.get(&receipt).await.expect(200).json();
    assert_eq!(erasure["status"], "erased");
    assert_eq!(std::fs::read_dir(app.avatars.path()).unwrap().count(), 0);
}

#[apply(every_database)]
async fn what_a_crash_left_between_the_rows_and_the_receipt_is_finished(app: TestApp) {
    let user = FullUser::new(&app).await;
    let receipt = delete(&app, &user).await;
    app.erase().await;
    let erasure = app.anonymous.get(&receipt).await.expect(200).json();
    // The node crashed after it had deleted and counted the rows.
    app.database.execute("UPDATE erasures SET erased_at = NULL").await;
    let unfinished = app.anonymous.get(&receipt).await.expect(200).json();
    assert_eq!(unfinished["status"], "scheduled");
    app.clock.advance(Duration::from_secs(15));
    app.erase().await;
    let finished = app.anonymous.get(&receipt).await.expect(200).json();
    assert_eq!(finished["erased"], erasure["erased"]);
    assert_eq!(finished["status"], "erased");
}

#[apply(every_database)]
async fn a_receipt_of_nothing_is_not_there(app: TestApp) {
    for id in ["00000000-0000-4000-8000-000000000000", "x"] {
        let reply = app.anonymous.get(&format!("/erasures/{id}")).await;
        reply.expect_problem(404, "not_found");
    }
}
