//! The walk in the README, run as a reader would run it.

use std::process::Command;

use crate::support::Server;

const README: &str = include_str!("../../README.md");

/// The shell blocks between the two marks, as one script.
fn walk() -> String {
    let (_, rest) = README
        .split_once("<!-- walk -->")
        .expect("the README has no mark at the beginning of the walk");
    let (walk, _) = rest
        .split_once("<!-- end of walk -->")
        .expect("the README has no mark at the end of the walk");
    let blocks = walk.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.collect()
}

#[test]
fn the_walk_runs_as_written() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped, because curl is not installed");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("walk.db");
    let server = Server::start(&format!("sqlite://{}", database.display()));
    let script = walk();
    assert!(script.matches("curl ").count() >= 8, "{script}");
    let script = script.replace("http://127.0.0.1:8080", server.base());
    let output = Command::new("bash").args(["-euo", "pipefail", "-c", &script]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for expected in ["\"name\":\"Ada Lovelace\"", "\"locale\":\"en-GB\"", "\"current\":true"] {
        assert!(text.contains(expected), "the output lacks {expected}: {text}");
    }
    assert!(text.trim_end().ends_with("401"), "the token must not work after the logout: {text}");
}
