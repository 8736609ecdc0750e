//! Migrations keep what was stored.

use sea_orm::ConnectionTrait as _;
use serde_json::json;

use crate::support::{PASSWORD, on_every_database};

#[tokio::test]
async fn competing_claims_come_down_to_one_and_nothing_else_is_lost() {
    for app in on_every_database().await {
        // Two claims that nobody verified, of which the older stays, and two of which
        // one is verified.
        let eve = app.user().await;
        app.sign_up("ada@example.com").await;
        app.sign_up("bob@example.com").await;
        app.verify("bob@example.com").await;
        app.sign_up("bea@example.com").await;
        let bea = app.log_in("bea@example.com").await;
        let other = app.database.connect().await;
        other
            .execute_unprepared(
                "UPDATE emails SET email = 'Bob@example.com', normalized = 'bob@example.com'
                WHERE email = 'bea@example.com'",
            )
            .await
            .unwrap();
        other.close().await.unwrap();

        let reverted = app.store.migrate_down(3).await.unwrap();
        assert_eq!(
            reverted,
            [
                "m20261124_000005_leaving",
                "m20261124_000004_avatars",
                "m20261124_000003_verification",
            ]
        );
        app.store.migrate_up().await.unwrap();

        let me = eve.get("/me").await.expect(200).json();
        assert_eq!(me["defaultEmail"], "ada@example.com");
        assert_eq!(bea.get("/me").await.expect(200).json().get("defaultEmail"), None);
        let body = json!({ "email": "bob@example.com", "password": PASSWORD });
        let bob = app.anonymous.post("/login", body).await.expect(200).json();
        assert_eq!(bob["user"]["status"], "active");
        // Who had logged in before has proved the password then.
        eve.delete("/me/phone-number").await.expect(204);
    }
}

#[tokio::test]
async fn who_was_deleted_before_there_was_a_way_back_has_it_now() {
    for app in on_every_database().await {
        app.active_user().await;
        app.store.migrate_down(1).await.unwrap();
        let other = app.database.connect().await;
        other.execute_unprepared("UPDATE users SET status = 'deleted'").await.unwrap();
        other.close().await.unwrap();
        app.store.migrate_up().await.unwrap();

        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        let reply = app.anonymous.post("/login", body.clone()).await;
        reply.expect_problem(403, "account_deleted");
        app.anonymous.post("/restore", body).await.expect(200);
    }
}
