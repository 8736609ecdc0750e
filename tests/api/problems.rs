//! Problems: the replies to requests that fail before they reach an operation.

use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::{Method, RequestBuilder};
use sea_orm::{ConnectionTrait as _, Database, DbErr, TransactionTrait as _};
use serde_json::json;
use tokio::sync::mpsc;

use crate::support::{
    Client, Reply, Setup, TestApp, TestDatabase, apply, every_database, operations, plain_png,
};

#[apply(every_database)]
async fn an_unknown_path_is_404(app: TestApp) {
    for path in ["/nothing", "/me/", "/docs/nothing.js", "/ME", "/%00"] {
        app.anonymous.get(path).await.expect_problem(404, "not_found");
    }
}

#[apply(every_database)]
async fn a_method_that_a_path_does_not_take_is_405_and_lists_those_it_takes(app: TestApp) {
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

/// A request for every operation that takes JSON, from a user who may send it.
fn with_body(ada: &Client) -> Vec<RequestBuilder> {
    let operations = operations().into_iter();
    let json = "/requestBody/content/application~1json";
    let takers = operations.filter(|(_, _, operation)| operation.pointer(json).is_some());
    takers.map(|(method, path, _)| ada.as_page().request(method, &path)).collect()
}

#[apply(every_database)]
async fn a_query_parameter_that_means_nothing_is_400(app: TestApp) {
    let ada = app.user().await;
    for (method, path, _) in operations() {
        let request = ada.request(method, &format!("{path}?verbose=5"));
        Reply::to(request).await.expect_problem(400, "unknown_parameter");
    }
    ada.get("/me").await.expect(200);
}

#[apply(every_database)]
async fn a_query_parameter_that_can_not_be_read_is_400(app: TestApp) {
    let ada = app.user().await;
    let cases = ["limit=0", "limit=101", "limit=-1", "limit=many", "limit=", "pageToken=x"];
    for query in cases {
        let reply = ada.get(&format!("/me/events?{query}")).await;
        reply.expect_problem(400, "invalid_parameter");
    }
}

#[apply(every_database)]
async fn a_body_that_is_not_called_json_is_415(app: TestApp) {
    let ada = app.user().await;
    let cases = [
        (Some("text/plain"), "another type"),
        (Some("application/x-www-form-urlencoded"), "a form"),
        (Some("application/problem+json"), "JSON for another purpose"),
        (None, "no type"),
    ];
    for (media_type, why) in cases {
        for request in with_body(&ada) {
            let request = match media_type {
                Some(media_type) => request.header(CONTENT_TYPE, media_type),
                None => request,
            };
            let reply = Reply::to(request.body("{}")).await;
            assert_eq!(reply.status, 415, "{why}");
            reply.expect_problem(415, "unsupported_media_type");
        }
    }
    let request = app.anonymous.request(Method::POST, "/login").body("{}");
    let request = request.header(CONTENT_TYPE, "application/merge-patch+json");
    Reply::to(request).await.expect_problem(415, "unsupported_media_type");
}

#[apply(every_database)]
async fn a_body_that_is_compressed_is_415(app: TestApp) {
    let ada = app.user().await;
    let with_image = || ada.request(Method::PUT, "/me/avatar").header(CONTENT_TYPE, "image/png");
    let with_json = |request: RequestBuilder| request.header(CONTENT_TYPE, "application/json");
    for coding in ["gzip", "identity, br", "x"] {
        for request in with_body(&ada).into_iter().map(with_json).chain([with_image()]) {
            let reply = Reply::to(request.header(CONTENT_ENCODING, coding).body("{}")).await;
            assert_eq!(reply.header("accept-encoding"), "identity", "{coding}");
            reply.expect_problem(415, "unsupported_content_encoding");
        }
    }
    // This is no coding.
    for coding in ["identity", "IDENTITY", ""] {
        let request = ada.request(Method::PATCH, "/me").header(CONTENT_ENCODING, coding);
        Reply::to(request.json(&json!({ "bio": coding }))).await.expect(200);
        let request = with_image().header(CONTENT_ENCODING, coding);
        Reply::to(request.body(plain_png(8, 8))).await.expect(200);
    }
}

#[apply(every_database)]
async fn a_body_that_is_not_json_is_400(app: TestApp) {
    let ada = app.user().await;
    let deep = "[".repeat(100_000);
    let cases: [(&[u8], &str); 5] = [
        (b"", "empty"),
        (b"{", "incomplete"),
        (b"{} {}", "two values"),
        (b"{\"email\": \"\xff\"}", "not UTF-8"),
        (deep.as_bytes(), "too deep to read"),
    ];
    for (body, why) in cases {
        for request in with_body(&ada) {
            let request = request.header(CONTENT_TYPE, "application/json");
            let reply = Reply::to(request.body(body.to_vec())).await;
            assert_eq!(reply.status, 400, "{why}");
            reply.expect_problem(400, "malformed_json");
        }
    }
}

#[apply(every_database)]
async fn a_body_that_is_too_large_is_413(app: TestApp) {
    let ada = app.user().await;
    let body = format!("{{\"email\": \"{}\"}}", "a".repeat(200_000));
    for request in with_body(&ada) {
        let request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        Reply::to(request).await.expect_problem(413, "payload_too_large");
    }
}

#[apply(every_database)]
async fn a_body_that_is_not_what_the_document_asks_for_is_422(app: TestApp) {
    let ada = app.user().await;
    for request in with_body(&ada) {
        let problem = Reply::to(request.json(&json!({ "nothing": 1 }))).await;
        let problem = problem.expect_problem(422, "validation_failed");
        let errors = problem["errors"].as_array().unwrap();
        assert!(errors.iter().any(|error| error["pointer"] == "/nothing"), "{problem}");
    }
}

#[apply(every_database)]
async fn a_body_that_does_not_arrive_in_time_is_408(database: TestDatabase) {
    let impatient = Setup { body_timeout: Duration::from_millis(250), ..Setup::default() };
    let app = TestApp::start(database, impatient).await;
    let ada = app.user().await;
    for request in with_body(&ada) {
        // The request announces a body and never sends it.
        let never = stream::pending::<Result<Vec<u8>, std::io::Error>>();
        let request = request.header(CONTENT_TYPE, "application/json");
        let request = request.body(reqwest::Body::wrap_stream(never));
        Reply::to(request).await.expect_problem(408, "request_timeout");
    }
}

#[apply(every_database)]
async fn a_panic_is_500_and_harms_nobody_else(app: TestApp) {
    let ada = app.user().await;
    let body = json!({ "email": "bob@example.com", "password": "a b c d e f", "name": "Bob" });
    // The first call creates the request id. The second call belongs to the operation.
    app.random.panic_after(1);
    let reply = app.anonymous.post("/signup", body.clone()).await;
    reply.expect_problem(500, "internal_error");
    // The next panic happens in the middle of the operation.
    app.random.panic_after(3);
    app.anonymous.post("/signup", body.clone()).await.expect_problem(500, "internal_error");

    ada.get("/me").await.expect(200);
    app.anonymous.post("/signup", body).await.expect(201);
}

#[apply(every_database)]
async fn what_the_database_can_not_do_is_500_and_says_nothing_of_why(app: TestApp) {
    let ada = app.user().await;
    app.store.clone().close().await.unwrap();
    for (request, id) in every_request_that_needs_the_store(&ada) {
        let reply = Reply::to(request).await;
        assert_eq!(reply.status, 500, "{id}");
        let problem = reply.expect_problem(500, "internal_error");
        let text = problem.to_string().to_lowercase();
        for secret in ["sql", "pool", "database", "/src/", "ada@"] {
            assert!(!text.contains(secret), "{id}: {problem}");
        }
    }
}

#[apply(every_database)]
async fn what_the_database_is_too_busy_for_is_503(database: TestDatabase) {
    let impatient = Setup { patience: Duration::from_millis(500), ..Setup::default() };
    let app = TestApp::start(database, impatient).await;
    let ada = app.user().await;
    // The test takes all connections: those that write, and those that read.
    let mut writers = Vec::new();
    loop {
        let (held, mut is_held) = mpsc::channel(1);
        let store = app.store.clone();
        let mut writer = tokio::spawn(async move {
            let hold = store.write::<(), DbErr, _, _>(async move |_| {
                held.send(()).await.unwrap();
                std::future::pending().await
            });
            hold.await
        });
        tokio::select! {
            Some(()) = is_held.recv() => writers.push(writer),
            _ = &mut writer => break,
        }
    }
    let mut readers = Vec::new();
    let mut refused = 0;
    while refused < 3 {
        match app.store.reader().begin().await {
            Ok(transaction) => readers.push(transaction),
            Err(_) => refused += 1,
        }
    }
    for (request, id) in every_request_that_needs_the_store(&ada) {
        let reply = Reply::to(request).await;
        assert_eq!(reply.status, 503, "{id}");
        assert_eq!(reply.header("retry-after"), "5");
        reply.expect_problem(503, "service_unavailable");
    }
    writers.iter().for_each(tokio::task::JoinHandle::abort);
}

#[apply(every_database)]
async fn a_lock_that_another_program_does_not_let_go_is_503(database: TestDatabase) {
    let impatient = Setup { patience: Duration::from_millis(500), ..Setup::default() };
    let app = TestApp::start(database, impatient).await;
    let ada = app.user().await;
    let other = Database::connect(app.database.connection_string()).await.unwrap();
    let hold = other.begin().await.unwrap();
    hold.execute_unprepared("UPDATE users SET name = 'held'").await.unwrap();

    let reply = ada.patch("/me", json!({ "name": "Augusta" })).await;
    assert_eq!(reply.header("retry-after"), "5");
    reply.expect_problem(503, "service_unavailable");
    ada.get("/me").await.expect(200);

    hold.rollback().await.unwrap();
    ada.patch("/me", json!({ "name": "Augusta" })).await.expect(200);
}

#[apply(every_database)]
async fn a_storm_of_passwords_is_told_to_come_back(database: TestDatabase) {
    let impatient = Setup { hashers: 1, hashing_patience: Duration::ZERO, ..Setup::default() };
    let app = TestApp::start(database, impatient).await;
    app.sign_up("ada@example.com").await;
    let storm = (0..16).map(|_| app.anonymous.try_log_in("ada@example.com", "wrong password"));
    let statuses: Vec<u16> =
        join_all(storm).await.iter().map(|reply| reply.status.as_u16()).collect();
    assert!(statuses.contains(&401), "some requests must be accepted: {statuses:?}");
    assert!(statuses.contains(&503), "some requests must be refused: {statuses:?}");
}

/// A valid request for every operation except the health checks.
fn every_request_that_needs_the_store(ada: &Client) -> Vec<(RequestBuilder, String)> {
    let mut requests = Vec::new();
    for (method, path, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap();
        if path.starts_with("/health/") {
            continue;
        }
        let mut request = ada.as_page().request(method, &path);
        let examples = operation.pointer("/requestBody/content/application~1json/examples");
        if let Some(examples) = examples {
            let (_, first) = examples.as_object().unwrap().iter().next().unwrap();
            request = request.json(&first["value"]);
        }
        requests.push((request, id.to_owned()));
    }
    requests
}

#[apply(every_database)]
async fn options_tells_what_a_path_takes(app: TestApp) {
    for (path, allow) in
        [("/me", "GET, DELETE, PATCH, HEAD, OPTIONS"), ("/docs", "GET, HEAD, OPTIONS")]
    {
        let reply = Reply::to(app.anonymous.request(Method::OPTIONS, path)).await.expect(204);
        assert_eq!(reply.header("allow"), allow);
    }
    let reply = Reply::to(app.anonymous.request(Method::OPTIONS, "/nothing")).await;
    reply.expect_problem(404, "not_found");
}

#[apply(every_database)]
async fn head_is_get_without_the_body(app: TestApp) {
    let ada = app.user().await;
    for (path, client) in
        [("/me", &ada), ("/openapi.yaml", &app.anonymous), ("/me", &app.anonymous)]
    {
        let get = client.get(path).await;
        let head = Reply::to(client.request(Method::HEAD, path)).await;
        assert_eq!(head.status, get.status);
        assert_eq!(head.header("etag"), get.header("etag"));
        assert_eq!(head.text, "");
    }
}

#[apply(every_database)]
async fn every_reply_has_a_request_id_and_says_how_to_treat_it(app: TestApp) {
    for path in ["/me", "/health/live", "/docs", "/account", "/openapi.yaml", "/nothing"] {
        let reply = app.anonymous.get(path).await;
        assert_eq!(reply.header("x-request-id").len(), 36, "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        let policy = reply.header("content-security-policy");
        for directive in ["default-src", "base-uri", "form-action", "frame-ancestors"] {
            assert!(policy.contains(&format!("{directive} 'none'")), "{path}: {policy}");
        }
        let is_page = ["/docs", "/account"].contains(&path);
        assert_eq!(policy.contains("sandbox"), !is_page, "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
}

#[apply(every_database)]
async fn every_text_says_how_it_is_encoded(app: TestApp) {
    let ada = app.user().await;
    let page = ada.get("/account").await.expect(200).text.replace("&#x2f;", "/");
    let (_, script) = page.split_once("type=\"module\" src=\"").unwrap();
    let script = script.split('"').next().unwrap();
    for path in ["/docs", "/docs/swagger-ui.css", "/docs/problems", "/account", script] {
        let media_type = ada.get(path).await.expect(200).header("content-type").to_owned();
        assert!(media_type.starts_with("text/"), "{path}: {media_type}");
        assert!(media_type.ends_with("; charset=utf-8"), "{path}: {media_type}");
    }
    // JSON is always UTF-8, and so is YAML.
    for (path, expected) in [("/me", "application/json"), ("/openapi.yaml", "application/yaml")] {
        assert_eq!(ada.get(path).await.expect(200).header("content-type"), expected);
    }
}

#[apply(every_database)]
async fn nothing_of_the_machine_is_served(app: TestApp) {
    let ada = app.user().await;
    let paths = [
        "/.git/config",
        "/.env",
        "/metrics",
        "/debug/pprof",
        "/account/",
        "/avatars/",
        "/avatars/..%2fcurrent-user.db",
        "/docs/..%2f..%2fetc%2fpasswd",
        "/docs/%2e%2e/Cargo.toml",
        "/account/%2fetc%2fpasswd",
    ];
    for path in paths {
        ada.get(path).await.expect_problem(404, "not_found");
    }
    for path in ["/me", "/docs", "/health/live"] {
        Reply::to(ada.request(Method::TRACE, path)).await.expect_problem(405, "method_not_allowed");
    }
}
