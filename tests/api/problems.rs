//! Problems: what is answered to requests that no operation sees.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::support::{Reply, on_every_database};

#[tokio::test]
async fn an_unknown_path_is_404() {
    for app in on_every_database().await {
        for path in ["/nothing", "/me/", "/docs/nothing.js", "/ME", "/%00"] {
            app.anonymous.get(path).await.expect_problem(404, "not_found");
        }
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_405_and_lists_those_it_takes() {
    for app in on_every_database().await {
        let cases = [
            (Method::POST, "/me", "GET, DELETE, PATCH, HEAD, OPTIONS"),
            (Method::GET, "/login", "POST, OPTIONS"),
            (Method::GET, "/me/sessions/x", "DELETE, OPTIONS"),
            (Method::POST, "/docs", "GET, HEAD, OPTIONS"),
        ];
        for (method, path, allow) in cases {
            let reply = Reply::to(app.anonymous.request(method, path)).await;
            assert_eq!(reply.header("allow"), allow, "{path}");
            reply.expect_problem(405, "method_not_allowed");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_called_json_is_415() {
    for app in on_every_database().await {
        let cases = [
            (Some("text/plain"), "another type"),
            (Some("application/x-www-form-urlencoded"), "a form"),
            (Some("application/merge-patch+json"), "a patch, where none is taken"),
            (None, "no type"),
        ];
        for (media_type, why) in cases {
            let mut request = app.anonymous.request(Method::POST, "/login").body("{}");
            if let Some(media_type) = media_type {
                request = request.header(CONTENT_TYPE, media_type);
            }
            let reply = Reply::to(request).await;
            assert_eq!(reply.status, 415, "{why}");
            reply.expect_problem(415, "unsupported_media_type");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_400() {
    for app in on_every_database().await {
        let deep = "[".repeat(100_000);
        let cases: [(&[u8], &str); 5] = [
            (b"", "empty"),
            (b"{", "cut short"),
            (b"{} {}", "two of them"),
            (b"{\"email\": \"\xff\"}", "not UTF-8"),
            (deep.as_bytes(), "too deep to read"),
        ];
        for (body, why) in cases {
            let request = app.anonymous.request(Method::POST, "/login");
            let request = request.header(CONTENT_TYPE, "application/json").body(body.to_vec());
            let reply = Reply::to(request).await;
            assert_eq!(reply.status, 400, "{why}");
            reply.expect_problem(400, "malformed_json");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_413() {
    for app in on_every_database().await {
        let body = format!("{{\"email\": \"{}\"}}", "a".repeat(200_000));
        let request = app.anonymous.request(Method::POST, "/login");
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        Reply::to(request).await.expect_problem(413, "payload_too_large");
    }
}

#[tokio::test]
async fn every_reply_has_a_request_id_and_says_how_to_treat_it() {
    for app in on_every_database().await {
        for path in ["/me", "/health/live", "/docs", "/nothing"] {
            let reply = app.anonymous.get(path).await;
            assert_eq!(reply.header("x-request-id").len(), 36, "{path}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
            assert!(
                reply.header("content-security-policy").contains("default-src 'none'"),
                "{path}"
            );
        }
    }
}
