//! Connections that do not send requests, or do not read replies.

use std::num::NonZero;
use std::process::Command;
use std::time::{Duration, Instant};

use current_user::server::http::{ClientFilter, Settings};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::support::{
    Client, Connection, HTTP2, Server, Setup, TestApp, TestDatabase, apply, every_database, frame,
    plain_png, program,
};

/// A deadline that passes soon.
const SOON: Duration = Duration::from_millis(300);
/// A deadline that does not pass during a test.
const NEVER: Duration = Duration::from_secs(3600);

/// A request whose reply has no body.
const HEAD: &str = "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n";
/// `GET /` with the indexed fields of HPACK.
const GET_ROOT: &[u8] = &[0x82, 0x86, 0x84];

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

const END_STREAM_AND_HEADERS: u8 = 5;

fn patient() -> Settings {
    let (head_timeout, keep_alive_timeout, write_timeout) = (NEVER, NEVER, NEVER);
    Settings { head_timeout, keep_alive_timeout, write_timeout, ..Settings::default() }
}

async fn start(database: TestDatabase, http: Settings) -> TestApp {
    TestApp::start(database, Setup { http, ..Setup::default() }).await
}

#[apply(every_database)]
async fn a_connection_without_a_request_ends(database: TestDatabase) {
    let app = start(database, Settings { head_timeout: SOON, ..patient() }).await;
    let beginnings: [(&[u8], &str); 5] = [
        (b"", "nothing"),
        (b"P", "one byte of a preface"),
        (&HTTP2[..20], "a preface that does not end"),
        (b"GET /me HTTP/1.1\r\nHost: lo", "a head that does not end"),
        (HTTP2, "no request of HTTP/2"),
    ];
    for (beginning, why) in beginnings {
        let since = Instant::now();
        let mut connection = Connection::open(app.anonymous.base()).await;
        connection.send(beginning).await;
        connection.rest().await;
        assert!(since.elapsed() >= SOON, "{why}: {:?}", since.elapsed());
    }
    assert_eq!(app.metrics.connections.timed_out.get(), 5);
}

#[apply(every_database)]
async fn a_connection_without_a_further_request_ends(database: TestDatabase) {
    let app = start(database, Settings { keep_alive_timeout: SOON, ..patient() }).await;
    for beginning in ["", "GET /me HT"] {
        let mut connection = Connection::open(app.anonymous.base()).await;
        for _ in 0..3 {
            connection.send(HEAD).await;
            assert!(connection.reply().await.starts_with("HTTP/1.1 200"));
        }
        let since = Instant::now();
        connection.send(beginning).await;
        assert_eq!(connection.rest().await, b"");
        assert!(since.elapsed() >= SOON / 2, "{:?}", since.elapsed());
    }
}

#[apply(every_database)]
async fn pings_keep_no_connection_open(database: TestDatabase) {
    let timeouts = Settings { head_timeout: SOON, keep_alive_timeout: SOON, ..patient() };
    let app = start(database, timeouts).await;
    for with_request in [false, true] {
        let mut connection = Connection::open(app.anonymous.base()).await;
        connection.send(HTTP2).await;
        if with_request {
            let request = frame(HEADERS, END_STREAM_AND_HEADERS, 1, GET_ROOT);
            connection.send(request).await;
        }
        let mut kinds = Vec::new();
        while connection.try_send(frame(PING, 0, 0, b"are you?")).await {
            let Some((kind, _)) = connection.frame().await else { break };
            kinds.push(kind);
        }
        assert!(kinds.contains(&PING), "the server answers pings");
        assert_eq!(kinds.contains(&HEADERS), with_request);
        // A client that has sent a request may be about to send another one.
        assert_eq!(kinds.contains(&GOAWAY), with_request, "{kinds:?}");
    }
}

#[apply(every_database)]
async fn a_client_that_does_not_read_is_cut_off(database: TestDatabase) {
    let app = start(database, Settings { write_timeout: SOON, ..patient() }).await;
    let mut connection = Connection::open_small(app.anonymous.base()).await;
    let request = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
    connection.send(request).await;
    connection.is_cut_off().await;
    assert_eq!(app.metrics.connections.timed_out.get(), 1);
}

#[apply(every_database)]
async fn an_http_2_client_that_lets_nothing_be_sent_is_cut_off(database: TestDatabase) {
    let app = start(database, Settings { write_timeout: SOON, ..patient() }).await;
    let mut connection = Connection::open(app.anonymous.base()).await;
    // `SETTINGS_INITIAL_WINDOW_SIZE` is 0.
    let preface = [&HTTP2[..24], &frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0])].concat();
    connection.send(preface).await;
    // `GET /openapi.yaml`: the path is a literal.
    let request = [&[0x82, 0x86, 0x04, 13], &b"/openapi.yaml"[..]].concat();
    connection.send(frame(HEADERS, END_STREAM_AND_HEADERS, 1, &request)).await;
    let mut kinds = Vec::new();
    while let Some((kind, _)) = connection.frame().await {
        kinds.push(kind);
    }
    assert!(kinds.contains(&HEADERS) && !kinds.contains(&DATA), "{kinds:?}");
}

#[apply(every_database)]
async fn a_proxy_sends_more_requests_at_once_than_a_client(database: TestDatabase) {
    let max = async |proxies: ClientFilter| {
        let app = start(database.another().await, Settings { proxies, ..patient() }).await;
        let mut connection = Connection::open(app.anonymous.base()).await;
        connection.send(HTTP2).await;
        let (kind, settings) = connection.frame().await.unwrap();
        assert_eq!(kind, SETTINGS);
        // `SETTINGS_MAX_CONCURRENT_STREAMS` is 3.
        settings.chunks(6).find_map(|one| one.strip_prefix(&[0, 3, 0, 0, 0])?.first().copied())
    };
    assert_eq!(max(ClientFilter::new(|_| false)).await, Some(16));
    assert_eq!(max(ClientFilter::loopback()).await, Some(100));
}

#[apply(every_database)]
async fn a_slow_reader_gets_everything(database: TestDatabase) {
    let app = start(database, patient()).await;
    let mut connection = Connection::open_small(app.anonymous.base()).await;
    let path = "/docs/swagger-ui-bundle.js";
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    connection.send(request).await;
    let reply = connection.rest().await;
    let body = app.anonymous.get(path).await.expect(200).text;
    assert!(reply.ends_with(body.as_bytes()));
}

#[apply(every_database)]
async fn one_client_can_not_have_all_connections(database: TestDatabase) {
    let connections_per_client = NonZero::new(3).unwrap();
    let proxies = ClientFilter::new(|_| false);
    let app = start(database, Settings { connections_per_client, proxies, ..patient() }).await;
    let base = app.anonymous.base();
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut connection = Connection::open(base).await;
        connection.send(HEAD).await;
        assert!(connection.reply().await.starts_with("HTTP/1.1 200"));
        open.push(connection);
    }
    assert_eq!(Connection::open(base).await.rest().await, b"");
    assert_eq!(app.metrics.connections.refused.get(), 1);

    open.clear();
    // The server notices soon that they were closed.
    while app.anonymous.request(Method::HEAD, "/health/live").send().await.is_err() {}
}

#[apply(every_database)]
async fn unused_connections_make_room(database: TestDatabase) {
    let connections = NonZero::new(32).unwrap();
    let app = start(database, Settings { connections, ..patient() }).await;
    let base = app.anonymous.base();
    let mut open = Vec::new();
    for _ in 0..100 {
        open.push(Connection::open(base).await);
    }
    // A new client, with a connection of its own, is served every time.
    for _ in 0..10 {
        Client::new(base.to_owned()).get("/health/live").await.expect(200);
    }
    assert!(app.metrics.connections.open.get() <= 32);
    let mut ended = 0;
    for connection in &mut open[..60] {
        ended += usize::from(connection.rest().await.is_empty());
    }
    assert_eq!(ended, 60, "the oldest connections made room");
}

#[apply(every_database)]
async fn a_request_under_way_makes_no_room(database: TestDatabase) {
    let connections = NonZero::new(4).unwrap();
    let app = start(database, Settings { connections, ..patient() }).await;
    let base = app.anonymous.base();
    let head = "POST /login HTTP/1.1\r\nHost: localhost\r\n\
        Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    let mut open = Vec::new();
    for _ in 0..4 {
        let mut connection = Connection::open(base).await;
        connection.send(head).await;
        // The server reads the body now.
        assert!(connection.reply().await.starts_with("HTTP/1.1 100"));
        open.push(connection);
    }
    assert_eq!(Connection::open(base).await.rest().await, b"");
    for mut connection in open {
        connection.send("{}").await;
        assert!(connection.reply().await.starts_with("HTTP/1.1 422"));
    }
}

#[apply(every_database)]
async fn a_low_limit_of_open_files_leaves_room_for_the_database(database: TestDatabase) {
    let url = database.connection_string();
    let program = program();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 192; exec \"$0\" \"$@\""]).arg(program.get_program());
    command.args(["serve", "--log", "off", "--database-url", &url]);
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let server = Server::spawn(command);
    let mut open = Vec::new();
    for _ in 0..300 {
        open.push(Connection::open(server.base()).await);
    }
    // Signing up opens connections of the database.
    server.client().sign_up_and_log_in("ada@example.com").await.get("/me").await.expect(200);
}

#[apply(every_database)]
async fn a_request_without_exactly_one_host_is_400(database: TestDatabase) {
    // The cache must not answer such a request either.
    let setup = Setup { cache_bytes: 1024 * 1024, ..Setup::default() };
    let app = TestApp::start(database, setup).await;
    let ada = app.user().await;
    app.warm(&ada).await;
    let token = format!("Authorization: Bearer {}\r\n", ada.token());
    let cases = [
        ("1.1", "", "400"),
        ("1.1", "Host: localhost\r\nHost: localhost\r\n", "400"),
        ("1.1", "Host: local/host\r\n", "400"),
        ("1.1", "Host: localhost\r\n", "200"),
        ("1.0", "", "200"),
    ];
    for (version, host, status) in cases {
        let mut connection = Connection::open(app.anonymous.base()).await;
        let head = format!("GET /me HTTP/{version}\r\n{host}{token}Connection: close\r\n\r\n");
        connection.send(head).await;
        let reply = String::from_utf8(connection.rest().await).unwrap();
        assert_eq!(reply.split(' ').nth(1), Some(status), "{reply}");
        assert_eq!(reply.contains("\"code\":\"bad_request\""), status == "400", "{reply}");
    }
}

#[apply(every_database)]
async fn a_head_over_the_limits_is_431_without_a_body(app: TestApp) {
    let long = "x".repeat(20 * 1024);
    let many = "X: y\r\n".repeat(101);
    for headers in [format!("X: {long}\r\n"), many] {
        let mut connection = Connection::open(app.anonymous.base()).await;
        let head = format!("GET /me HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        connection.try_send(head).await;
        let reply = String::from_utf8(connection.rest().await).unwrap();
        assert!(reply.starts_with("HTTP/1.1 431 "), "{reply}");
        assert!(reply.contains("content-length: 0"), "{reply}");
    }
}

/// Begins to upload an image, and waits until the server reads it. The rest never comes.
async fn upload_slowly(client: &Client) -> Connection {
    let mut connection = Connection::open(client.base()).await;
    let head = format!(
        "PUT /me/avatar HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: image/png\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n",
        client.token()
    );
    connection.send(head).await;
    assert!(connection.reply().await.starts_with("HTTP/1.1 100"));
    connection
}

#[apply(every_database)]
async fn slow_uploads_keep_nobody_from_uploading(database: TestDatabase) {
    let app = TestApp::without_limits(database).await;
    let ada = app.user().await;
    let mut slow = Vec::new();
    for number in 0..10 {
        let other = app.sign_up_and_log_in(&format!("user{number}@example.com")).await;
        slow.push(upload_slowly(&other).await);
    }
    ada.upload(&plain_png(8, 8)).await.expect(200);
}

#[apply(every_database)]
async fn a_user_uploads_one_image_at_a_time(database: TestDatabase) {
    let body_timeout = Duration::from_millis(500);
    let app = TestApp::start(database, Setup { body_timeout, ..Setup::default() }).await;
    let ada = app.user().await;
    let slow = upload_slowly(&ada).await;
    ada.upload(&plain_png(8, 8)).await.expect_problem(503, "service_unavailable");
    // An upload that is given up makes way.
    drop(slow);
    ada.upload(&plain_png(8, 8)).await.expect(200);
    let request = ada.request(Method::PUT, "/me/avatar").header(CONTENT_TYPE, "image/png");
    let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let request = request.body(reqwest::Body::wrap_stream(never));
    assert_eq!(request.send().await.unwrap().status(), 408);
    ada.upload(&plain_png(8, 8)).await.expect(200);
}
