//! `users sessions`.

use std::process::Command;

use chrono::Duration;
use current_user::clock::{Clock as _, SystemClock};
use entity::session;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use super::{Administrator, Service, id, pretty, short};
use crate::support::{Nodes, Reply, apply, every_database};

#[apply(every_database)]
async fn sessions_are_listed_and_ended(nodes: Nodes) {
    let administrator = Administrator::of(&nodes.database);
    let clients = nodes.user("ada@example.com").await;
    let [first, _] = &clients;
    let [second, second_at_b] = nodes.log_in("ada@example.com").await;
    nodes.warm(&second_at_b).await;
    let mut sessions = first.get("/me/sessions").await.expect(200).json();
    for session in sessions.as_array_mut().unwrap() {
        session.as_object_mut().unwrap().remove("current");
    }
    assert_eq!(administrator.prints(&["sessions", "ada@example.com", "--json"]), pretty(&sessions));
    assert_eq!(administrator.prints(&["sessions", "ada@example.com"]), session_table(&sessions));

    // The first session of the list began last.
    let end = ["sessions", "ada@example.com", "--end", id(&sessions[0])];
    let said = administrator.prints(&end);
    assert!(said.ends_with(" has 1 session left; 1 session ended\n"), "{said}");
    let refused = second_at_b.right_within(nodes.lease(), |reply| reply.status == 401).await;
    refused.0.expect_problem(401, "invalid_token");
    second.get("/me").await.expect_problem(401, "invalid_token");
    let is_right = |reply: &Reply| reply.status == 200 && reply.json()["activeSessions"] == 1;
    first.right_within(nodes.lease(), is_right).await;
    let line = administrator.fails(&end);
    assert!(line.starts_with(&format!("there is no session {};", id(&sessions[0]))), "{line}");

    let left = administrator.json(&["sessions", "ada@example.com", "--end-all"]);
    assert_eq!(left, json!([]));
    for client in &clients {
        let refused = client.right_within(nodes.lease(), |reply| reply.status == 401).await;
        refused.0.expect_problem(401, "invalid_token");
    }
    let none = administrator.says(&["sessions", "ada@example.com"]);
    assert_eq!(none, (String::new(), "no sessions\n".to_owned()));
    let said = administrator.prints(&["sessions", "ada@example.com", "--end-all"]);
    assert!(said.ends_with(" has no session left; no session ended\n"), "{said}");
}

fn session_table(sessions: &Value) -> String {
    let mut table = "ID                                    CREATED               \
        LAST USED             EXPIRES               IP ADDRESS  USER AGENT\n"
        .to_owned();
    for session in sessions.as_array().unwrap() {
        table.push_str(&format!(
            "{}  {}  {}  {}  127.0.0.1   tests\n",
            id(session),
            short(&session["createdAt"]),
            short(&session["lastUsedAt"]),
            short(&session["expiresAt"]),
        ));
    }
    table
}

#[apply(every_database)]
async fn a_session_of_somebody_else_is_not_ended(service: Service) {
    let (ada, _) = service.user("ada@example.com", "Ada").await;
    service.user("bob@example.com", "Bob").await;
    let sessions = ada.get("/me/sessions").await.expect(200).json();
    let end = ["sessions", "bob@example.com", "--end", id(&sessions[0])];
    service.administrator.fails(&end);
    ada.get("/me").await.expect(200);
}

#[apply(every_database)]
async fn the_idle_timeout_says_which_sessions_are_alive(service: Service) {
    service.user("ada@example.com", "Ada").await;
    let long_ago = SystemClock.now() - Duration::days(8);
    let unused =
        session::Entity::update_many().col_expr(session::Column::LastUsedAt, long_ago.into());
    unused.exec(&service.other).await.unwrap();
    let count = |mut command: Command| -> Value {
        let output = command.args(["--json"]).output().unwrap();
        let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
        shown["activeSessions"].clone()
    };
    let show = || service.administrator.command(&["show", "ada@example.com"]);
    assert_eq!(count(show()), 0, "the default timeout is 7 days");
    let mut by_flag = show();
    by_flag.args(["--session-idle-timeout", "9d"]);
    assert_eq!(count(by_flag), 1);
    let mut by_variable = show();
    by_variable.env("CURRENT_USER_SESSION_IDLE_TIMEOUT", "9d");
    assert_eq!(count(by_variable), 1);
}
