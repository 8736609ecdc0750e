//! GET /health/live and /health/ready

use serde_json::json;

use crate::support::{TestApp, apply, every_database};

#[apply(every_database)]
async fn a_service_with_its_database_is_alive_and_ready(app: TestApp) {
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(app.anonymous.get(path).await.expect(200).json(), json!({ "status": "ok" }));
    }
}

#[apply(every_database)]
async fn a_service_whose_schema_is_behind_is_not_ready(app: TestApp) {
    app.store.migrate_down(1).await.unwrap();
    let reply = app.anonymous.get("/health/ready").await;
    assert_eq!(reply.header("retry-after"), "5");
    reply.expect_problem(503, "service_unavailable");
    app.anonymous.get("/health/live").await.expect(200);

    app.store.migrate_up().await.unwrap();
    app.anonymous.get("/health/ready").await.expect(200);
}

#[apply(every_database)]
async fn a_service_without_its_database_is_alive_but_not_ready(app: TestApp) {
    app.store.clone().close().await.unwrap();
    app.anonymous.get("/health/live").await.expect(200);
    app.anonymous.get("/health/ready").await.expect_problem(503, "service_unavailable");
    // An operation that needs the database fails, and its error does not mention the database.
    let body = json!({ "email": "ada@example.com", "password": "a b c d e f", "name": "Ada" });
    let problem = app.anonymous.post("/signup", body).await.expect_problem(500, "internal_error");
    assert!(!problem.to_string().to_lowercase().contains("sql"), "{problem}");
}
