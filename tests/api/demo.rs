//! GET /dev/messages, and what else only a demo has.

use serde_json::json;

use crate::support::{Setup, on_every_database, with_setup};

#[tokio::test]
async fn everybody_can_read_what_would_have_been_sent() {
    for app in with_setup(Setup { demo: true, ..Setup::default() }).await {
        let ada = app.user().await;
        app.deliver().await;
        let messages = app.anonymous.get("/dev/messages").await.expect(200).json();
        assert_eq!(messages.as_array().unwrap().len(), 1);
        let message = &messages[0];
        assert_eq!(message["to"], "ada@example.com");
        assert_eq!(message["at"], "2026-11-23T08:22:29.280Z");
        let text = message["text"].as_str().unwrap();
        let (_, rest) = text.split_once("cu1_").unwrap();
        let token = json!({ "token": format!("cu1_{}", &rest[..58]) });
        ada.post("/email-verifications", token).await.expect(204);
        assert_eq!(ada.get("/me").await.expect(200).json()["status"], "active");

        let document = app.anonymous.get("/openapi-3.1.yaml").await.expect(200);
        assert!(document.text.contains("/dev/messages:"), "so that Swagger UI shows it");
    }
}

#[tokio::test]
async fn nobody_can_read_them_anywhere_else() {
    for app in on_every_database().await {
        app.user().await;
        app.deliver().await;
        app.anonymous.get("/dev/messages").await.expect_problem(404, "not_found");
        for document in ["/openapi.yaml", "/openapi.json", "/openapi-3.1.yaml"] {
            assert!(!app.anonymous.get(document).await.expect(200).text.contains("/dev/"));
        }
    }
}
