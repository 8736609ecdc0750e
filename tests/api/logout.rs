//! POST /logout

use serde_json::json;

use crate::support::{TestApp, apply, every_database};

#[apply(every_database)]
async fn logging_out_ends_the_session_and_no_other(app: TestApp) {
    let phone = app.user().await;
    let laptop = app.log_in("ada@example.com").await;

    let reply = phone.post("/logout", json!({})).await.expect(204);
    assert_eq!(reply.text, "");

    phone.get("/me").await.expect_problem(401, "invalid_token");
    assert_eq!(laptop.get("/me").await.expect(200).json()["activeSessions"], 1);
}
