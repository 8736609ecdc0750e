//! The end of the server.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::{Connection, HTTP2, Server, TestDatabase, apply, every_database};

/// It takes less than 0.2 s. The rest is for a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(5);

/// What a client has sent when the server is asked to stop. There is no request under way.
const BEGINNINGS: [&[u8]; 4] = [
    b"",
    b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /health/live HTTP/1.1\r\nHost: loc",
    // This client does nothing after the GOAWAY.
    HTTP2,
];

#[apply(every_database)]
async fn an_idle_server_ends_at_once(database: TestDatabase) {
    let arguments = ["--database-url", &database.connection_string(), "--shutdown-timeout", "30s"];
    for signal in ["INT", "TERM"] {
        let mut server = Server::start_with(&arguments, Path::new("."));
        let mut open = Vec::new();
        for beginning in BEGINNINGS {
            let mut connection = Connection::open(server.base()).await;
            connection.send(beginning).await;
            open.push(connection);
        }
        assert!(open[1].reply().await.starts_with("HTTP/1.1 200"));

        let since = Instant::now();
        server.signal(signal);
        assert!(server.wait().success());
        assert!(since.elapsed() < SOON, "SIG{signal}: {:?}", since.elapsed());
    }
}
