//! Migrations keep the stored data.

use migration::{Migrator, MigratorTrait as _};

use crate::support::{PASSWORD, TestApp, apply, every_database};

#[apply(every_database)]
async fn competing_claims_come_down_to_one_and_nothing_else_is_lost(app: TestApp) {
    // Two users claim the same address and neither verifies it: the older claim stays. Two
    // users claim another address and one verifies it: the verified claim stays.
    let eve = app.user().await;
    app.sign_up("ada@example.com").await;
    app.sign_up("bob@example.com").await;
    app.verify("bob@example.com").await;
    let bea = app.sign_up_and_log_in("bea@example.com").await;
    app.database
        .execute(
            "UPDATE emails SET email = 'Bob@example.com', normalized = 'bob@example.com'
            WHERE email = 'bea@example.com'",
        )
        .await;

    let reverted = app.store.migrate_down(down_to("000003")).await.unwrap();
    assert_eq!(reverted.last().unwrap(), "m20261124_000003_verification");
    app.store.migrate_up().await.unwrap();

    let me = eve.get("/me").await.expect(200).json();
    assert_eq!(me["defaultEmail"], "ada@example.com");
    assert_eq!(bea.get("/me").await.expect(200).json().get("defaultEmail"), None);
    let bob = app.anonymous.try_log_in("bob@example.com", PASSWORD).await.expect(200).json();
    assert_eq!(bob["user"]["status"], "active");
    // A login before the migration counts as re-authentication.
    eve.delete("/me/phone-number").await.expect(204);
}

#[apply(every_database)]
async fn who_was_deleted_before_there_was_a_way_back_has_it_now(app: TestApp) {
    app.active_user().await;
    app.store.migrate_down(down_to("000005")).await.unwrap();
    app.database.execute("UPDATE users SET status = 'deleted'").await;
    app.store.migrate_up().await.unwrap();

    let reply = app.anonymous.try_log_in("ada@example.com", PASSWORD).await;
    reply.expect_problem(403, "account_deleted");
    app.anonymous.restore("ada@example.com", PASSWORD).await.expect(200);
}

#[apply(every_database)]
async fn messages_that_wait_are_sent_after_a_migration_also_those_of_the_old_version(app: TestApp) {
    app.sign_up("ada@example.com").await;
    app.store.migrate_down(down_to("000008")).await.unwrap();
    app.store.migrate_up().await.unwrap();
    assert_eq!(app.mails_to("ada@example.com").await.len(), 1);
    // The old version still runs, and sets no column that it doesn't know.
    let id = match app.database.is_sqlite() {
        true => "randomblob(16)",
        false => "gen_random_uuid()",
    };
    let message = format!(
        "INSERT INTO outbox
            (id, user_id, kind, recipient, normalized, since, created_at, due_at, attempts)
        SELECT {id}, NULL, 'reset_password', email, normalized, created_at, created_at,
            created_at, 0 FROM emails"
    );
    app.database.execute(&message).await;
    assert_eq!(app.mails_to("ada@example.com").await.len(), 2);
}

/// The number of migrations from the last one down to the one with this number.
fn down_to(number: &str) -> u32 {
    let mut names = Migrator::migrations().into_iter().map(|migration| migration.name().to_owned());
    let before = names.position(|name| name.contains(number)).unwrap();
    u32::try_from(Migrator::migrations().len() - before).unwrap()
}

#[apply(every_database)]
async fn who_has_logged_in_before_is_not_evicted_later(app: TestApp) {
    app.user().await;
    app.sign_up("bob@example.com").await;
    app.store.migrate_down(down_to("000007")).await.unwrap();
    app.store.migrate_up().await.unwrap();
    assert_eq!(app.database.count("emails", "logged_in_at IS NOT NULL").await, 1);
    let condition = "logged_in_at IS NOT NULL AND normalized = 'ada@example.com'";
    assert_eq!(app.database.count("emails", condition).await, 1);
}
