//! `Strict-Transport-Security`, which keeps browsers from calling the service without TLS.

use reqwest::Method;

use crate::support::{Client, Reply, Setup, TestApp, TestDatabase, apply, every_database};

/// Replies of operations, from the cache, of pages, and problems of every layer.
async fn replies(app: &TestApp, ada: &Client) -> Vec<Reply> {
    let mut replies = vec![
        app.anonymous.request(Method::OPTIONS, "/me"),
        app.anonymous.request(Method::DELETE, "/health/live"),
        app.anonymous.request(Method::POST, "/login").body("{"),
    ];
    let paths = ["/me", "/me/sessions", "/", "/docs", "/account", "/openapi.yaml", "/nothing"];
    replies.extend(paths.map(|path| ada.request(Method::GET, path)));
    futures_util::future::join_all(replies.into_iter().map(Reply::to)).await
}

#[apply(every_database)]
async fn browsers_are_told_to_use_tls_where_callers_do(database: TestDatabase) {
    let public_url = Some("https://accounts.example.com".parse().unwrap());
    let setup = Setup { public_url, cache_bytes: 1024 * 1024, ..Setup::default() };
    let app = TestApp::start(database, setup).await;
    let ada = app.user().await;
    app.warm(&ada).await;
    for reply in replies(&app, &ada).await {
        let policy = reply.header("strict-transport-security");
        assert_eq!(policy, "max-age=31536000; includeSubDomains", "{}", reply.text);
    }
}

#[apply(every_database)]
async fn a_service_without_tls_asks_for_none(app: TestApp) {
    let ada = app.user().await;
    for reply in replies(&app, &ada).await {
        assert_eq!(reply.header("strict-transport-security"), "", "{}", reply.text);
    }
}
