//! Requests from pages of other origins (CORS).

use reqwest::Method;
use reqwest::header::ORIGIN;

use crate::support::{Reply, Setup, TestApp, TestDatabase, apply, every_database};

const APP: &str = "https://app.example.com";

async fn get_from(app: &TestApp, origin: &str) -> Reply {
    Reply::to(app.anonymous.request(Method::GET, "/health/live").header(ORIGIN, origin)).await
}

async fn preflight_from(app: &TestApp, origin: &str) -> Reply {
    let request = app.anonymous.request(Method::OPTIONS, "/me").header(ORIGIN, origin);
    let request = request
        .header("Access-Control-Request-Method", "PATCH")
        .header("Access-Control-Request-Headers", "authorization,content-type");
    Reply::to(request).await
}

#[apply(every_database)]
async fn no_origin_is_permitted_unless_configured(app: TestApp) {
    for reply in
        [get_from(&app, APP).await.expect(200), preflight_from(&app, APP).await.expect(204)]
    {
        assert_eq!(reply.header("access-control-allow-origin"), "");
        assert_eq!(reply.header("access-control-allow-methods"), "");
    }
}

#[apply(every_database)]
async fn the_origins_that_are_configured_may_call_and_no_other(database: TestDatabase) {
    let setup = Setup { cors_origins: vec![APP.parse().unwrap()], ..Setup::default() };
    let app = TestApp::start(database, setup).await;
    let reply = get_from(&app, APP).await.expect(200);
    assert_eq!(reply.header("access-control-allow-origin"), APP);
    assert!(reply.header("access-control-expose-headers").contains("ETag"));
    assert_eq!(reply.header("vary"), "Origin", "a cache must not use the reply for another origin");

    let reply = preflight_from(&app, APP).await.expect(204);
    assert!(reply.header("access-control-allow-methods").contains("PATCH"));
    assert!(reply.header("access-control-allow-headers").contains("Authorization"));

    for reply in [get_from(&app, "https://evil.example").await, preflight_from(&app, "null").await]
    {
        assert!(reply.status.is_success());
        assert_eq!(reply.header("access-control-allow-origin"), "");
        assert_eq!(reply.header("vary"), "Origin");
    }
}

#[apply(every_database)]
async fn a_star_permits_every_origin(database: TestDatabase) {
    let setup = Setup { cors_origins: vec!["*".parse().unwrap()], ..Setup::default() };
    let app = TestApp::start(database, setup).await;
    let reply = get_from(&app, "https://anything.example").await.expect(200);
    assert_eq!(reply.header("access-control-allow-origin"), "*");
}
