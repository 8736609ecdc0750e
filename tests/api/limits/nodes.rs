//! Limits hold on all nodes, and after a restart.

use super::guess;
use crate::support::{Server, TestDatabase, apply, every_database, program};

#[apply(every_database)]
async fn guesses_at_two_nodes_count_together_and_survive_a_restart(database: TestDatabase) {
    let url = database.connection_string();
    let (one, other) = (Server::start(&url), Server::start(&url));
    for node in [&one, &other] {
        guess(&node.client(), "ada@example.com", 10).await;
    }
    for node in [one, other] {
        let reply = node.client().try_log_in("ada@example.com", "a guess").await;
        reply.expect_problem(429, "too_many_requests");
        node.kill();
    }
    let again = Server::start(&url);
    let reply = again.client().try_log_in("ada@example.com", "a guess").await;
    reply.expect_problem(429, "too_many_requests");
}

#[apply(every_database)]
async fn a_node_with_another_secret_is_refused_and_told_what_to_do(database: TestDatabase) {
    let url = database.connection_string();
    Server::start(&url).kill();
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("another.secret").display().to_string();
    let start = ["serve", "--listen", "127.0.0.1:0", "--database-url", &url];
    let refused = program().args(start).args(["--secret-file", &secret]).output().unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    assert!(message.contains("--replace-secret"), "{message}");

    let arguments = ["--database-url", &url, "--secret-file", &secret];
    let replace = [&arguments[..], &["--replace-secret"]].concat();
    Server::start_with(&replace, directory.path()).kill();
    Server::start_with(&arguments, directory.path()).kill();
}

#[test]
fn without_limits_the_program_serves_this_machine_only() {
    let refused = program()
        .args(["serve", "--limits", "off", "--log-messages", "--listen", "0.0.0.0:0"])
        .output()
        .unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    assert!(message.contains("listen on 127.0.0.1"), "{message}");
}
