//! GET /dev/messages, which exists only in a demo.

use serde_json::json;

use crate::support::{Setup, TestApp, TestDatabase, apply, every_database};

#[apply(every_database)]
async fn everybody_can_read_what_would_have_been_sent(database: TestDatabase) {
    let app = TestApp::start(database, Setup { demo: true, ..Setup::default() }).await;
    let ada = app.user().await;
    app.deliver().await;
    let messages = app.anonymous.get("/dev/messages").await.expect(200).json();
    assert_eq!(messages.as_array().unwrap().len(), 1);
    let message = &messages[0];
    assert_eq!(message["to"], "ada@example.com");
    assert_eq!(message["at"], "2026-11-23T08:22:29.280Z");
    let token = message["token"].as_str().unwrap();
    assert!(message["text"].as_str().unwrap().contains(token));
    ada.verify_email(token).await.expect(204);
    assert_eq!(ada.get("/me").await.expect(200).json()["status"], "active");

    let document = app.anonymous.get("/openapi-3.1.yaml").await.expect(200);
    assert!(document.text.contains("/dev/messages:"), "Swagger UI must show the operation");
}

#[apply(every_database)]
async fn the_token_is_that_of_the_message_whatever_the_text_contains(database: TestDatabase) {
    let app = TestApp::start(database, Setup { demo: true, ..Setup::default() }).await;
    let ada = app.user().await;
    app.deliver().await;
    let token = app.anonymous.get("/dev/messages").await.expect(200).json()[0]["token"].clone();
    ada.verify_email(token.as_str().unwrap()).await.expect(204);
    ada.patch("/me", json!({ "name": "123456" })).await.expect(200);
    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
    app.deliver().await;
    let newest = app.anonymous.get("/dev/messages").await.expect(200).json()[0].clone();
    assert!(newest["text"].as_str().unwrap().contains("123456"));
    assert!(newest["token"].as_str().unwrap().starts_with("cu1_"), "{newest}");
}

#[apply(every_database)]
async fn nobody_can_read_them_anywhere_else(app: TestApp) {
    app.user().await;
    app.deliver().await;
    app.anonymous.get("/dev/messages").await.expect_problem(404, "not_found");
    for document in ["/openapi.yaml", "/openapi.json", "/openapi-3.1.yaml"] {
        assert!(!app.anonymous.get(document).await.expect(200).text.contains("/dev/"));
    }
}
