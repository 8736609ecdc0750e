//! Where a request ends, when its framing is ambiguous (RFC 9112, 6.3). A proxy and the service
//! must not disagree about it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::support::Server;

/// Sends bytes on a new connection. Returns the statuses of all replies.
fn statuses(server: &Server, bytes: &str) -> Vec<u16> {
    let mut connection = TcpStream::connect(server.base().trim_start_matches("http://")).unwrap();
    connection.write_all(bytes.as_bytes()).unwrap();
    let mut replies = Vec::new();
    connection.read_to_end(&mut replies).unwrap();
    let replies = String::from_utf8_lossy(&replies);
    // A problem may speak of HTTP/1.1 as well.
    replies.split("HTTP/1.1 ").filter_map(|reply| reply.get(..3)?.parse().ok()).collect()
}

#[test]
fn a_request_ends_where_its_framing_says() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_with(&["--demo"], directory.path());
    let post = "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    let next = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let chunked = "Transfer-Encoding: chunked\r\n";
    let cases = [
        (format!("{post}Content-Length: 2\r\n\r\n{{}}{next}"), vec![422, 200], "a length"),
        (format!("{post}{chunked}\r\n2\r\n{{}}\r\n0\r\n\r\n{next}"), vec![422, 200], "chunks"),
        (
            format!("{post}{chunked}Content-Length: 7\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{next}"),
            vec![422],
            "chunks count if there is a length as well, and the connection ends",
        ),
        (
            format!("{post}Content-Length: 7\r\n{chunked}\r\n2\r\n{{}}\r\n0\r\n\r\n{next}"),
            vec![422],
            "whichever comes first",
        ),
        (
            format!("{post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}{next}"),
            vec![400],
            "two lengths",
        ),
        (format!("{post}Content-Length: +2\r\n\r\n{{}}{next}"), vec![400], "a sign"),
        (
            format!("{post}Transfer-Encoding: chunked, identity\r\n\r\n{{}}{next}"),
            vec![400],
            "chunks are not the last coding",
        ),
        (format!("{post}{chunked}\r\n-2\r\n{{}}\r\n0\r\n\r\n{next}"), vec![400], "a bad chunk"),
        (format!("{post}Content-Length : 2\r\n\r\n{{}}{next}"), vec![400], "a space in a name"),
    ];
    for (bytes, expected, why) in cases {
        assert_eq!(statuses(&server, &bytes), expected, "{why}");
    }
}
