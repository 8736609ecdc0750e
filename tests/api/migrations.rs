//! Migrations keep the stored data.

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

    let reverted = app.store.migrate_down(3).await.unwrap();
    assert_eq!(
        reverted,
        ["m20261124_000005_leaving", "m20261124_000004_avatars", "m20261124_000003_verification",]
    );
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
    app.store.migrate_down(1).await.unwrap();
    app.database.execute("UPDATE users SET status = 'deleted'").await;
    app.store.migrate_up().await.unwrap();

    let reply = app.anonymous.try_log_in("ada@example.com", PASSWORD).await;
    reply.expect_problem(403, "account_deleted");
    app.anonymous.restore("ada@example.com", PASSWORD).await.expect(200);
}
