//! The address of the client, behind trusted proxies and without them. It shows in
//! `GET /me/sessions` and `GET /me/events`.

use std::time::Duration;

use current_user::api::{ForwardedHeader, TrustedProxies};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Client, PASSWORD, Reply, Setup, TestApp, TestDatabase, apply, every_database,
};

const ADA: &str = "ada@example.com";

/// An application that trusts these proxies.
async fn start(database: TestDatabase, proxies: &[&str], header: ForwardedHeader) -> TestApp {
    let addresses = proxies.iter().map(|address| address.parse().unwrap()).collect();
    let trusted_proxies = TrustedProxies { addresses, header };
    let app = TestApp::start(database, Setup { trusted_proxies, ..Setup::default() }).await;
    app.sign_up(ADA).await;
    app
}

/// Logs in with some more headers. Returns the addresses in the session and in the event.
async fn log_in_with(app: &TestApp, client: &Client, headers: &[(&str, &[u8])]) -> [Value; 2] {
    // Events of the same moment have no order.
    app.clock.advance(Duration::from_secs(1));
    let request = client.request(Method::POST, "/login");
    let request = request.json(&json!({ "email": ADA, "password": PASSWORD }));
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, reqwest::header::HeaderValue::from_bytes(value).unwrap())
    });
    let ada = client.with_token_of(&Reply::to(request).await.expect(200));
    let sessions = ada.get("/me/sessions").await.expect(200).json();
    let session = sessions.as_array().unwrap().iter().find(|one| one["current"] == true).unwrap();
    let events = ada.get("/me/events?limit=1").await.expect(200).json();
    assert_eq!(events["results"][0]["type"], "logged_in");
    ada.log_out().await.expect(204);
    [session["ipAddress"].clone(), events["results"][0]["ipAddress"].clone()]
}

#[apply(every_database)]
async fn a_trusted_proxy_names_the_client(database: TestDatabase) {
    let header = ForwardedHeader::XForwardedFor;
    let app = start(database, &["127.0.0.1", "10.0.0.0/8"], header).await;
    type Case<'a> = (&'a [(&'a str, &'a [u8])], &'a str, &'a str);
    let cases: [Case<'_>; 8] = [
        (&[("X-Forwarded-For", b"203.0.113.7")], "203.0.113.7", "the proxy set it"),
        (
            &[("X-Forwarded-For", b"198.51.100.9"), ("X-Forwarded-For", b"203.0.113.7, 10.0.0.2")],
            "203.0.113.7",
            "two proxies appended to the claim of a stranger",
        ),
        (&[("X-Forwarded-For", b"[2001:db8::7]:4711")], "2001:db8::7", "IPv6"),
        (&[("X-Forwarded-For", b"::ffff:203.0.113.7")], "203.0.113.7", "IPv4 as IPv6"),
        (&[], "127.0.0.1", "the proxy named nobody"),
        (&[("X-Forwarded-For", b"198.51.100.9, unknown")], "127.0.0.1", "it does not know"),
        (&[("X-Forwarded-For", b"198.51.100.9,\xff")], "127.0.0.1", "what is no text"),
        (&[("Forwarded", b"for=198.51.100.9")], "127.0.0.1", "the header that is not read"),
    ];
    for (headers, expected, why) in cases {
        assert_eq!(log_in_with(&app, &app.anonymous, headers).await, [expected; 2], "{why}");
    }
}

#[apply(every_database)]
async fn forwarded_is_read_where_it_was_chosen(database: TestDatabase) {
    let app = start(database, &["127.0.0.1"], ForwardedHeader::Forwarded).await;
    let value: &[u8] = br#"for=198.51.100.9, for="[2001:db8::7]:4711";proto=https"#;
    let headers = [("Forwarded", value), ("X-Forwarded-For", b"198.51.100.9")];
    assert_eq!(log_in_with(&app, &app.anonymous, &headers).await, ["2001:db8::7"; 2]);
}

#[apply(every_database)]
async fn the_headers_of_strangers_change_nothing(database: TestDatabase) {
    let spoofed: [(&str, &[u8]); 5] = [
        ("X-Forwarded-For", b"198.51.100.9"),
        ("Forwarded", b"for=198.51.100.9"),
        ("X-Real-IP", b"198.51.100.9"),
        ("X-Forwarded-Host", b"evil.example"),
        ("X-Forwarded-Proto", b"https"),
    ];
    for header in [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded] {
        // Without proxies, with one elsewhere, and past one that is trusted.
        for proxies in [&[][..], &["10.0.0.0/8"], &["127.0.0.1"]] {
            let app = start(database.another().await, proxies, header).await;
            let stranger = [127, 0, 0, 2];
            let client = app.anonymous.at_address(stranger);
            assert_eq!(log_in_with(&app, &client, &spoofed).await, ["127.0.0.2"; 2], "{proxies:?}");
        }
    }
}

#[apply(every_database)]
async fn every_way_to_open_a_session_knows_the_client(database: TestDatabase) {
    let header = ForwardedHeader::XForwardedFor;
    let app = start(database, &["127.0.0.1"], header).await;
    let send = async |path: &str, body: Value| {
        let request = app.anonymous.request(Method::POST, path).json(&body);
        Reply::to(request.header("X-Forwarded-For", "203.0.113.7")).await
    };
    let credentials = json!({ "email": ADA, "password": PASSWORD });
    let ada = app.anonymous.with_token_of(&send("/login", credentials.clone()).await.expect(200));
    ada.delete("/me").await.expect(202);
    let ada = app.anonymous.with_token_of(&send("/restore", credentials).await.expect(200));
    let token = {
        app.anonymous.request_password_reset(ADA).await.expect(202);
        app.token_mailed_to(ADA).await
    };
    let session = &ada.get("/me/sessions").await.expect(200).json()[0];
    assert_eq!(session["ipAddress"], "203.0.113.7");
    let reset = json!({ "token": token, "newPassword": PASSWORD });
    send("/password-resets/confirm", reset).await.expect(204);
    // Events of the same moment have no order.
    app.clock.advance(Duration::from_secs(1));
    let ada = app.log_in(ADA).await;
    let events = ada.get("/me/events").await.expect(200).json();
    let of = |kind: &str| {
        let events = events["results"].as_array().unwrap();
        events.iter().find(|event| event["type"] == kind).unwrap()["ipAddress"].clone()
    };
    assert_eq!(of("account_restored"), "203.0.113.7");
    assert_eq!(of("password_reset"), "203.0.113.7");
    assert_eq!(of("logged_in"), "127.0.0.1", "the last login came without a proxy");
}
