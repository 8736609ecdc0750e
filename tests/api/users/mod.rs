//! `current-user users`: administration from the command line, while servers run on the
//! same database.

use std::process::{Command, Output};

use chrono::{DateTime, Utc};
use current_user::clock::{Clock as _, SystemClock};
use entity::email;
use sea_orm::{ColumnTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::support::{Client, OnDatabase, Server, TestDatabase, program};

mod ban;
mod delete;
mod invite;
mod list;
mod refusals;
mod sessions;
mod show;

/// An administrator, who has the URL of the database.
struct Administrator(String);

impl Administrator {
    fn of(database: &TestDatabase) -> Self {
        Self(database.connection_string())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.arg("users").args(arguments).args(["--database-url", &self.0]);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The output of a command that succeeds: on standard output, and on standard error.
    #[track_caller]
    fn says(&self, arguments: &[&str]) -> (String, String) {
        let Output { status, stdout, stderr } = self.run(arguments);
        let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert!(status.success(), "{arguments:?}: {stderr}");
        (stdout, stderr)
    }

    /// The standard output of a command that succeeds and writes no errors.
    #[track_caller]
    fn prints(&self, arguments: &[&str]) -> String {
        let (printed, noted) = self.says(arguments);
        assert_eq!(noted, "");
        printed
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.prints(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// The error, in one line, of a command that fails.
    #[track_caller]
    fn fails(&self, arguments: &[&str]) -> String {
        let Output { status, stdout, stderr } = self.run(arguments);
        assert_eq!(status.code(), Some(1), "{arguments:?}");
        assert_eq!(String::from_utf8(stdout).unwrap(), "");
        let stderr = String::from_utf8(stderr).unwrap();
        let line = stderr.strip_prefix("error: ").and_then(|line| line.strip_suffix('\n'));
        let line = line.unwrap_or_else(|| panic!("{stderr:?}")).to_owned();
        assert!(!line.contains('\n'), "{line}");
        line
    }
}

/// A server, an administrator, and the connection of another program.
struct Service {
    server: Server,
    administrator: Administrator,
    other: DatabaseConnection,
    _database: TestDatabase,
}

impl Service {
    /// Signs up and logs in. Returns the client and the profile.
    async fn user(&self, email: &str, name: &str) -> (Client, Value) {
        let anonymous = self.server.client();
        let client = anonymous.sign_up_and_log_in(email).await;
        let me = client.patch("/me", json!({ "name": name })).await.expect(200).json();
        (client, me)
    }

    /// Marks an address as verified. Returns the time.
    async fn verify(&self, email: &str) -> DateTime<Utc> {
        let now = SystemClock.now();
        let verified = email::Entity::update_many()
            .col_expr(email::Column::VerifiedAt, now.into())
            .filter(email::Column::Normalized.eq(email));
        assert_eq!(verified.exec(&self.other).await.unwrap().rows_affected, 1);
        now
    }
}

impl OnDatabase for Service {
    async fn on(database: TestDatabase) -> Self {
        let server = Server::start(&database.connection_string());
        let (administrator, other) = (Administrator::of(&database), database.connect().await);
        Self { server, administrator, other, _database: database }
    }
}

/// A database with the current schema and without a server: messages stay in the outbox.
struct Unserved {
    administrator: Administrator,
    other: DatabaseConnection,
    _database: TestDatabase,
}

impl OnDatabase for Unserved {
    async fn on(database: TestDatabase) -> Self {
        let administrator = Administrator::of(&database);
        let up = program().args(["migrate", "up", "--database-url", &administrator.0]).output();
        assert!(up.unwrap().status.success());
        let other = database.connect().await;
        Self { administrator, other, _database: database }
    }
}

/// A point in time, as tables show it.
fn short(time: &Value) -> String {
    let time: DateTime<Utc> = time.as_str().unwrap().parse().unwrap();
    time.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn id(user: &Value) -> &str {
    user["id"].as_str().unwrap()
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn without_emails(mut user: Value) -> Value {
    user.as_object_mut().unwrap().remove("emails");
    user
}
