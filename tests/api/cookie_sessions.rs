//! POST /login/cookie, /restore/cookie, /me/reauthentication/cookie, and requests with the cookie.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{COOKIE, ORIGIN};
use serde_json::json;

use crate::support::{Client, PASSWORD, Reply, TestApp, apply, every_database, operations};

const ADA: &str = "ada@example.com";

/// A page of the service in a browser, with the session cookie that the last login set.
struct Browser {
    client: Client,
    cookie: String,
}

impl Browser {
    /// Logs in. `persistent` is left out if it is `None`.
    async fn log_in(app: &TestApp, persistent: Option<bool>) -> Self {
        let reply = post(&app.anonymous, "/login/cookie", persistent).await.expect(200);
        Self { client: app.anonymous.clone(), cookie: session_cookie(&reply) }
    }

    async fn send(&self, method: Method, path: &str, site: Option<&str>) -> Reply {
        let cookie = self.cookie.split(';').next().unwrap();
        let request = self.client.request(method, path).header(COOKIE, cookie);
        Reply::to(match site {
            Some(site) => request.header("Sec-Fetch-Site", site).json(&json!({})),
            None => request.json(&json!({})),
        })
        .await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }
}

/// Sends the credentials like a page of the service.
async fn post(client: &Client, path: &str, persistent: Option<bool>) -> Reply {
    let mut body = json!({ "email": ADA, "password": PASSWORD });
    if let Some(persistent) = persistent {
        body["persistent"] = persistent.into();
    }
    let request = client.request(Method::POST, path).header("Sec-Fetch-Site", "same-origin");
    Reply::to(request.json(&body)).await
}

/// The `Set-Cookie` header of the session.
fn session_cookie(reply: &Reply) -> String {
    let mut all = reply.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    all.find(|cookie| cookie.starts_with("cu_session=")).expect("a session cookie").to_owned()
}

#[apply(every_database)]
async fn the_token_is_in_a_cookie_and_nowhere_else(app: TestApp) {
    app.sign_up(ADA).await;
    let reply = post(&app.anonymous, "/login/cookie", None).await.expect(200);
    let cookie = session_cookie(&reply);
    assert!(
        cookie.starts_with("cu_session=cu_")
            && cookie.ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    assert!(!reply.text.contains("cu_"), "{}", reply.text);
    assert_eq!(reply.headers.get_all("set-cookie").iter().count(), 2, "and the device cookie");

    let ada = Browser { client: app.anonymous.clone(), cookie };
    for _ in 0..2 {
        let me = ada.get("/me").await.expect(200);
        assert_eq!(me.json(), reply.json());
        assert_eq!(me.header("etag"), reply.header("etag"));
        assert_eq!(me.header("cache-control"), "no-store", "going back would show it");
    }
    assert_eq!(ada.get("/me/sessions").await.expect(200).json()[0]["current"], true);
}

#[apply(every_database)]
async fn a_login_replaces_the_session_of_the_browser(app: TestApp) {
    app.sign_up(ADA).await;
    let ada = Browser::log_in(&app, None).await;
    let cookie = ada.cookie.split(';').next().unwrap();
    let again = |password: &str| {
        let request = app.anonymous.request(Method::POST, "/login/cookie").header(COOKIE, cookie);
        let request = request.header("Sec-Fetch-Site", "same-origin");
        Reply::to(request.json(&json!({ "email": ADA, "password": password })))
    };
    again("wrong").await.expect_problem(401, "invalid_credentials");
    ada.get("/me").await.expect(200);
    let reply = again(PASSWORD).await.expect(200);
    ada.get("/me").await.expect_problem(401, "invalid_token");
    let ada = Browser { cookie: session_cookie(&reply), ..ada };
    assert_eq!(ada.get("/me/sessions").await.expect(200).json().as_array().unwrap().len(), 1);
}

#[apply(every_database)]
async fn a_page_changes_only_the_user_whom_it_shows(app: TestApp) {
    let eve = app.another_active_user("eve@example.com").await;
    app.sign_up(ADA).await;
    let ada = Browser::log_in(&app, None).await;
    let id = |user: serde_json::Value| user["id"].as_str().unwrap().to_owned();
    let (own, other) =
        (id(ada.get("/me").await.expect(200).json()), id(eve.get("/me").await.expect(200).json()));
    let cookie = ada.cookie.split(';').next().unwrap();
    let patch = |shown: &str| {
        let request = app.anonymous.request(Method::PATCH, "/me").header(COOKIE, cookie);
        let request = request.header("Sec-Fetch-Site", "same-origin");
        Reply::to(request.header("X-Expected-User", shown).json(&json!({ "bio": "Mine." })))
    };
    patch(&other).await.expect_problem(401, "invalid_token");
    patch("nobody").await.expect_problem(401, "invalid_token");
    patch(&own).await.expect(200);
}

#[apply(every_database)]
async fn on_a_shared_device_the_cookie_ends_with_the_browser(app: TestApp) {
    app.sign_up(ADA).await;
    let ada = Browser::log_in(&app, Some(false)).await;
    assert!(!ada.cookie.contains("Max-Age"), "{}", ada.cookie);
    ada.get("/me").await.expect(200);
    assert!(Browser::log_in(&app, Some(true)).await.cookie.contains("Max-Age"));
}

#[apply(every_database)]
async fn another_site_can_change_nothing_with_the_cookie(app: TestApp) {
    app.sign_up(ADA).await;
    let ada = Browser::log_in(&app, None).await;
    for site in [None, Some("cross-site"), Some("same-site"), Some("none")] {
        let reply = ada.send(Method::POST, "/logout", site).await;
        reply.expect_problem(403, "cross_site_request");
        ada.send(Method::DELETE, "/me", site).await.expect_problem(403, "cross_site_request");
    }
    // Without `Sec-Fetch-Site`, `Origin` decides.
    let cookie = ada.cookie.split(';').next().unwrap();
    let patch = |origin: &str| {
        let request = app.anonymous.request(Method::PATCH, "/me").header(COOKIE, cookie);
        Reply::to(request.header(ORIGIN, origin).json(&json!({ "name": "Eve" })))
    };
    patch("https://evil.example").await.expect_problem(403, "cross_site_request");
    assert_eq!(ada.get("/me").await.expect(200).json()["name"], "Ada");
    assert_eq!(patch(app.anonymous.base()).await.expect(200).json()["name"], "Eve");

    // Another site must not log the user in to its own account, either.
    let body = json!({ "email": ADA, "password": PASSWORD });
    for path in ["/login/cookie", "/restore/cookie"] {
        let request = app.anonymous.request(Method::POST, path);
        let request = request.header("Sec-Fetch-Site", "cross-site").json(&body);
        Reply::to(request).await.expect_problem(403, "cross_site_request");
    }
}

#[apply(every_database)]
async fn no_operation_that_changes_something_trusts_the_cookie_alone(app: TestApp) {
    app.sign_up(ADA).await;
    let ada = Browser::log_in(&app, None).await;
    for (method, path, operation) in operations() {
        let accepts_cookie = operation["security"].to_string().contains("\"cookie\"");
        if accepts_cookie && method != Method::GET {
            let reply = ada.send(method, &path, Some("cross-site")).await;
            reply.expect_problem(403, "cross_site_request");
        }
    }
    ada.get("/me").await.expect(200);
}

#[apply(every_database)]
async fn guesses_count_like_those_at_other_logins(app: TestApp) {
    app.active_user().await;
    let guess = |path: &str| {
        let request = app.anonymous.as_page().request(Method::POST, path);
        Reply::to(request.json(&json!({ "email": ADA, "password": "a guess" })))
    };
    guess("/restore/cookie").await.expect_problem(401, "invalid_credentials");
    for _ in 0..19 {
        guess("/login/cookie").await.expect_problem(401, "invalid_credentials");
    }
    guess("/login/cookie").await.expect_problem(429, "too_many_requests");
    guess("/restore/cookie").await.expect_problem(429, "too_many_requests");
}

#[apply(every_database)]
async fn re_authentications_count_as_well(app: TestApp) {
    let ada = app.user().await.as_page();
    let prove =
        |password: &str| ada.post("/me/reauthentication/cookie", json!({ "password": password }));
    for _ in 0..10 {
        prove("a guess").await.expect_problem(403, "wrong_password");
    }
    prove(PASSWORD).await.expect_problem(429, "too_many_requests");
}

#[apply(every_database)]
async fn logging_out_ends_the_session_and_the_cookie(app: TestApp) {
    app.sign_up(ADA).await;
    let ada = Browser::log_in(&app, None).await;
    let reply = ada.send(Method::POST, "/logout", Some("same-origin")).await.expect(204);
    assert_eq!(
        reply.header("set-cookie"),
        "cu_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
    );
    ada.get("/me").await.expect_problem(401, "invalid_token");
    let with_token = app.log_in(ADA).await;
    assert_eq!(with_token.log_out().await.header("set-cookie"), "", "there is no cookie to end");
}

#[apply(every_database)]
async fn re_authentication_replaces_the_cookie_and_its_kind_stays(app: TestApp) {
    app.active_user().await;
    for persistent in [true, false] {
        let mut ada = Browser::log_in(&app, Some(persistent)).await;
        app.clock.advance(Duration::from_secs(15 * 60));
        let old = ada.cookie.clone();
        // The token in a body would be one that scripts see.
        let cookie = old.split(';').next().unwrap();
        let prove = |path: &str| {
            let request = app.anonymous.request(Method::POST, path).header(COOKIE, cookie);
            let request = request.header("Sec-Fetch-Site", "same-origin");
            Reply::to(request.json(&json!({ "password": PASSWORD })))
        };
        prove("/me/reauthentication").await.expect_problem(401, "missing_token");
        let reply = prove("/me/reauthentication/cookie").await.expect(204);
        let new = session_cookie(&reply);
        assert_eq!(new.contains("Max-Age"), persistent, "{new}");
        ada.get("/me").await.expect_problem(401, "invalid_token");
        ada.cookie = new;
        ada.get("/me").await.expect(200);
        let site = Some("same-origin");
        ada.send(Method::DELETE, "/me/phone-number", site).await.expect(204);
    }
}

#[apply(every_database)]
async fn a_token_in_the_header_takes_precedence(app: TestApp) {
    let eve = app.another_active_user("eve@example.com").await;
    app.sign_up(ADA).await;
    let ada = Browser::log_in(&app, None).await;
    let cookie = ada.cookie.split(';').next().unwrap();
    let request = || eve.request(Method::GET, "/me").header(COOKIE, cookie);
    let both = Reply::to(request()).await.expect(200).json();
    assert_eq!(both["defaultEmail"], "eve@example.com");
    let dead = eve.with_token("cu_nothing").request(Method::GET, "/me").header(COOKIE, cookie);
    Reply::to(dead).await.expect_problem(401, "invalid_token");
    let garbled = app.anonymous.request(Method::GET, "/me").header(COOKIE, "cu_session=cu_nothing");
    Reply::to(garbled).await.expect_problem(401, "invalid_token");
}

#[apply(every_database)]
async fn a_deleted_account_is_restored_into_a_cookie(app: TestApp) {
    app.active_user().await;
    let ada = Browser::log_in(&app, None).await;
    ada.send(Method::DELETE, "/me", Some("same-origin")).await.expect(202);
    post(&app.anonymous, "/login/cookie", None).await.expect_problem(403, "account_deleted");
    let restored = post(&app.anonymous, "/restore/cookie", Some(false)).await.expect(200);
    let again = post(&app.anonymous, "/restore/cookie", None).await;
    again.expect_problem(409, "account_not_deleted");
    let ada = Browser { client: app.anonymous.clone(), cookie: session_cookie(&restored) };
    assert_eq!(ada.get("/me").await.expect(200).json()["status"], "active");
}
