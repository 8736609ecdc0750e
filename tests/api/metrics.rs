//! GET /metrics, on a listener of its own.

use crate::support::{Client, PASSWORD, Server, TestDatabase, apply, every_database};

/// Starts a server that has metrics. Returns a client of them as well.
fn measured(database: &TestDatabase) -> (Server, Client) {
    let url = database.connection_string();
    let arguments = ["--database-url", &url, "--metrics-listen", "127.0.0.1:0"];
    let mut server = Server::start_with(&arguments, std::path::Path::new("."));
    let metrics = std::iter::repeat_with(|| server.line())
        .find_map(|line| Some(line.strip_prefix("Metrics:")?.trim().to_owned()))
        .unwrap();
    (server, Client::new(metrics.trim_end_matches("/metrics").to_owned()))
}

/// The value of a counter.
fn counter(text: &str, name: &str) -> u64 {
    let value = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
    value.unwrap_or_else(|| panic!("there is no {name} in {text}")).parse().unwrap()
}

#[apply(every_database)]
async fn what_the_cache_and_the_writer_do_is_counted(database: TestDatabase) {
    let (server, metrics) = measured(&database);

    server.client().try_sign_up("ada@example.com").await.expect(201);
    let token =
        server.client().try_log_in("ada@example.com", PASSWORD).await.json()["token"].clone();
    let ada = server.client().with_token(token.as_str().unwrap());
    let mut reads = 0;
    let text = loop {
        ada.get("/me").await.expect(200);
        reads += 1;
        let reply = metrics.get("/metrics").await.expect(200);
        if counter(&reply.text, "current_user_cache_hits_total") > 0 {
            assert!(reply.header("content-type").starts_with("application/openmetrics-text"));
            break reply.text;
        }
    };
    let counted = ["hits", "misses", "bypasses"]
        .map(|name| counter(&text, &format!("current_user_cache_{name}_total")));
    assert_eq!(counted.iter().sum::<u64>(), reads);
    // The fingerprint of the secret, the two writes of the requests and the three of their limits,
    // and up to two of the outbox. On PostgreSQL the service does not group commits, and does
    // not count them.
    let writes = if database.is_sqlite() { 6..=9 } else { 0..=0 };
    assert!(writes.contains(&counter(&text, "current_user_writes_total")), "{text}");

    server.client().get("/metrics").await.expect_problem(404, "not_found");
}

#[apply(every_database)]
async fn outcomes_are_counted_by_their_cause(database: TestDatabase) {
    let (server, metrics) = measured(&database);
    let client = server.client();
    client.try_sign_up("ada@example.com").await.expect(201);
    client.try_log_in("ada@example.com", "wrong password").await.expect(401);
    client.try_log_in("nobody@example.com", "wrong password").await.expect(401);
    client.try_log_in("nobody@example.com", "wrong password").await.expect(401);
    client.try_log_in("ada@example.com", PASSWORD).await.expect(200);
    client.get("/me").await.expect(401);
    // Each to another address, so that only the client has used up its limit.
    let mut number = 0;
    while client.request_password_reset(&format!("{number}@example.com")).await.status == 202 {
        number += 1;
    }

    let sent = "current_user_messages_total{kind=\"verify_email\",outcome=\"sent\"} 1";
    let text = loop {
        let text = metrics.get("/metrics").await.expect(200).text;
        if text.lines().any(|line| line == sent) {
            break text;
        }
    };
    let counted = |name: &str| counter(&text, &format!("current_user_{name}"));
    assert_eq!(counted("logins_total{outcome=\"succeeded\"}"), 1);
    assert_eq!(counted("logins_total{outcome=\"wrong_password\"}"), 1);
    assert_eq!(counted("logins_total{outcome=\"unknown_address\"}"), 2);
    assert_eq!(counted("events_total{event=\"signed_up\"}"), 1);
    assert_eq!(counted("events_total{event=\"logged_in\"}"), 1);
    assert_eq!(counted("refusals_total{code=\"missing_token\"}"), 1);
    assert_eq!(counted("refusals_total{code=\"invalid_credentials\"}"), 3);
    assert_eq!(counted("refusals_total{code=\"too_many_requests\"}"), 1);
    assert_eq!(counted("limited_total{limit=\"reset-client\"}"), 1);
    assert_eq!(counted("hashing_waiting{lane=\"log_in\"}"), 0);
    assert_eq!(counted("hashing_wait_seconds_count{lane=\"other\"}"), 1);
}
