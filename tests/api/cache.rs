//! The cache of `GET /me` changes no reply, and notices every change of a user.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{DATE, IF_NONE_MATCH};

use serde_json::json;

use crate::support::{Client, Reply, Setup, TestApp, TestDatabase, apply, every_database};

fn with_cache() -> Setup {
    Setup { cache_bytes: 1024 * 1024, ..Setup::default() }
}

/// The numbers of hits and of misses.
fn counts(app: &TestApp) -> (u64, u64) {
    (app.metrics.cache_hits.get(), app.metrics.cache_misses.get())
}

/// On SQLite the first read fills the cache. On PostgreSQL a node is also notified of its
/// own changes. The notification makes the first copy stale, so the node reads once more.
const FILLED_AT_ONCE: &str = "the first read must fill the cache";

/// A reply without the headers that differ in every reply.
fn comparable(mut reply: Reply) -> Reply {
    reply.headers.remove("x-request-id").unwrap();
    reply.headers.remove(DATE).unwrap();
    reply
}

#[apply(every_database)]
async fn the_second_read_comes_from_memory_and_is_the_same(database: TestDatabase) {
    let app = TestApp::start(database, with_cache()).await;
    let ada = app.user().await;
    app.warm(&ada).await;
    // The cache has no entry for a new token.
    let ada = app.log_in("ada@example.com").await;
    let before = counts(&app);
    let miss = comparable(ada.get("/me").await.expect(200));
    assert_eq!(counts(&app), (before.0, before.1 + 1));
    let hit = loop {
        let reply = comparable(ada.get("/me").await.expect(200));
        if counts(&app).0 > before.0 {
            break reply;
        }
        assert!(!app.database.is_sqlite(), "{FILLED_AT_ONCE}");
    };
    assert_eq!(hit.header("content-length"), hit.text.len().to_string());
    assert!(hit.text.ends_with("}\n"), "{:?}", hit.text);
    assert_eq!((hit.headers, hit.text), (miss.headers, miss.text));
}

#[apply(every_database)]
async fn conditions_and_head_are_answered_alike_with_and_without_it(database: TestDatabase) {
    let without = Setup { cache_bytes: 0, ..Setup::default() };
    let without = TestApp::start(database.another().await, without).await;
    let with = TestApp::start(database, with_cache()).await;
    // Both applications have the same clock and randomness, so they create the same user.
    let (cached, uncached) = (with.user().await, without.user().await);
    with.warm(&cached).await;
    let tag = uncached.get("/me").await.header("etag").to_owned();
    let conditions = [tag.as_str(), "W/\"other\"", "*", "no condition"];
    for condition in conditions {
        for method in [Method::GET, Method::HEAD] {
            let ask = |client: &Client| {
                let request = client.request(method.clone(), "/me");
                Reply::to(request.header(IF_NONE_MATCH, condition))
            };
            let (hit, miss) = (ask(&cached).await, ask(&uncached).await);
            let why = format!("{method} {condition}");
            assert_eq!(hit.status, miss.status, "{why}");
            let (hit, miss) = (comparable(hit), comparable(miss));
            assert_eq!(hit.headers, miss.headers, "{why}");
            if hit.status != 400 {
                assert_eq!(hit.text, miss.text, "{why}");
            }
        }
    }
    assert_eq!(counts(&without), (0, 0), "the cache is turned off");
}

#[apply(every_database)]
async fn a_client_that_always_asks_for_what_is_new_is_answered_from_memory_too(
    database: TestDatabase,
) {
    let app = TestApp::start(database, with_cache()).await;
    let ada = app.user().await;
    app.warm(&ada).await;
    let tag = ada.get("/me").await.header("etag").to_owned();
    let other = app.log_in("ada@example.com").await;
    other.patch("/me", json!({ "bio": "new" })).await.expect(200);
    let before = counts(&app);
    let ask = || {
        let request = ada.request(Method::GET, "/me").header(IF_NONE_MATCH, &tag);
        Reply::to(request)
    };
    ask().await.expect(200);
    assert_eq!(counts(&app), (before.0, before.1 + 1));
    while counts(&app).0 == before.0 {
        ask().await.expect(200);
        assert!(!app.database.is_sqlite() || counts(&app).0 > before.0, "{FILLED_AT_ONCE}");
    }
}

#[apply(every_database)]
async fn every_write_shows_in_the_next_read(database: TestDatabase) {
    let app = TestApp::start(database, with_cache()).await;
    let ada = app.user().await;
    app.warm(&ada).await;
    for number in 0..20 {
        let bio = number.to_string();
        ada.patch("/me", json!({ "bio": bio })).await.expect(200);
        assert_eq!(ada.get("/me").await.json()["bio"], bio);
    }
    let other = app.log_in("ada@example.com").await;
    assert_eq!(ada.get("/me").await.json()["activeSessions"], 2);
    other.log_out().await.expect(204);
    assert_eq!(ada.get("/me").await.json()["activeSessions"], 1);
    other.get("/me").await.expect_problem(401, "invalid_token");
}

#[apply(every_database)]
async fn a_session_that_expires_is_not_counted_any_more(database: TestDatabase) {
    let app = TestApp::start(database, with_cache()).await;
    let ada = app.user().await;
    app.clock.advance(Duration::from_secs(3600));
    let later = app.log_in("ada@example.com").await;
    app.warm(&later).await;
    assert_eq!(later.get("/me").await.json()["activeSessions"], 2);
    // The first session was last used seven days ago, and the second one an hour later.
    app.clock.advance(Duration::from_secs(7 * 24 * 3600 - 3600));
    assert_eq!(later.get("/me").await.json()["activeSessions"], 1);
    ada.get("/me").await.expect_problem(401, "invalid_token");
}

#[apply(every_database)]
async fn a_use_that_memory_answers_is_noted_like_any_other(database: TestDatabase) {
    let app = TestApp::start(database, with_cache()).await;
    let ada = app.user().await;
    app.warm(&ada).await;
    let hits = app.metrics.cache_hits.get();
    app.clock.advance(Duration::from_secs(300));
    ada.get("/me").await.expect(200);
    if app.database.is_sqlite() {
        assert_eq!(app.metrics.cache_hits.get(), hits + 1, "{FILLED_AT_ONCE}");
    }
    app.write_session_activity().await;
    app.clock.advance(Duration::from_secs(1));
    let sessions = ada.get("/me/sessions").await.json();
    assert_eq!(sessions[0]["lastUsedAt"], "2026-11-23T08:27:29.280Z");
}

#[apply(every_database)]
async fn what_another_program_writes_to_the_database_shows_as_well(database: TestDatabase) {
    let app = TestApp::start(database, with_cache()).await;
    let ada = app.user().await;
    app.warm(&ada).await;
    let bound = app.database.lease();
    for name in ["Augusta", "Ada King", "Ada Lovelace"] {
        let update = format!("UPDATE users SET name = '{name}'");
        app.database.execute(&update).await;
        ada.right_within(bound, |reply| reply.json()["name"] == name).await;
        app.warm(&ada).await;
    }
    app.database.execute("UPDATE users SET status = 'banned'").await;
    let (refused, _) = ada.right_within(bound, |reply| reply.status == 401).await;
    refused.expect_problem(401, "invalid_token");
}
