//! GET /metrics, on a listener of its own.

use crate::support::{Client, PASSWORD, Server, TestDatabase, apply, every_database};

/// The value of a counter.
fn counter(text: &str, name: &str) -> u64 {
    let value = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
    value.unwrap_or_else(|| panic!("there is no {name} in {text}")).parse().unwrap()
}

#[apply(every_database)]
async fn what_the_cache_and_the_writer_do_is_counted(database: TestDatabase) {
    let url = database.connection_string();
    let arguments = ["--database-url", &url, "--metrics-listen", "127.0.0.1:0"];
    let mut server = Server::start_with(&arguments, std::path::Path::new("."));
    let metrics = std::iter::repeat_with(|| server.line())
        .find_map(|line| Some(line.strip_prefix("Metrics:")?.trim().to_owned()))
        .unwrap();
    let metrics = Client::new(metrics.trim_end_matches("/metrics").to_owned());

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
    // The two writes of the requests, and up to two of the outbox. On PostgreSQL the service
    // does not group commits, and does not count them.
    let writes = if url.starts_with("sqlite") { 2..=4 } else { 0..=0 };
    assert!(writes.contains(&counter(&text, "current_user_writes_total")), "{text}");

    server.client().get("/metrics").await.expect_problem(404, "not_found");
}
