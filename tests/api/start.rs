//! The start of the server: short forms of flags, and the errors of wrong settings.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use crate::support::program;

#[test]
fn a_port_alone_and_localhost_are_this_machine() {
    for (listen, metrics) in [("0", "localhost:0"), ("localhost:0", "0")] {
        // The demo is killed, so it can't delete its database.
        let directory = tempfile::tempdir().unwrap();
        let mut command = program();
        command.env("TMPDIR", directory.path());
        command.args(["--demo", "--log", "off", "--listen", listen, "--metrics-listen", metrics]);
        let mut process = command.current_dir(&directory).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let lines: Vec<String> = lines.take(4).collect();
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(lines[0].starts_with("Swagger UI: http://127.0.0.1:"), "{lines:?}");
        assert!(lines[3].starts_with("Metrics:    http://127.0.0.1:"), "{lines:?}");
    }
}

/// What a server says that can't store avatars in `place`. It has made nothing in `directory`.
fn refusal(place: &str, directory: &Path, s3: &[(&str, &str)]) -> String {
    let mut command = program();
    command.args(["--listen", "0", "--log", "off", "--avatar-store", place]);
    let output = command.current_dir(directory).envs(s3.iter().copied()).output().unwrap();
    assert!(!output.status.success(), "{place} was accepted");
    assert_eq!(directory.read_dir().unwrap().count(), 0, "{place}");
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    line.trim_end().to_owned()
}

#[test]
fn a_place_where_avatars_can_not_be_stored_is_told() {
    let directory = tempfile::tempdir().unwrap();
    for place in ["/dev/null", "/dev/null/avatars"] {
        let expected = format!(
            "error: can't store avatars in {place} (--avatar-store): not a directory; \
             choose a folder in which the service may write"
        );
        assert_eq!(refusal(place, directory.path(), &[]), expected);
    }

    // Nobody listens there any more.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{nobody}");
    let s3 = [
        ("AWS_ENDPOINT", endpoint.as_str()),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "ada"),
        ("AWS_SECRET_ACCESS_KEY", "hunter2"),
    ];
    let line = refusal("s3://avatars/of/people", directory.path(), &s3);
    assert!(line.starts_with("error: can't store avatars in s3://avatars/of/people"), "{line}");
    assert!(line.contains("Connection refused (os error 111); check the name of the b"), "{line}");
}
