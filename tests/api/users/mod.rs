//! `current-user users`: accounts, administered from the command line while servers
//! run on the same database.

use std::process::{Command, Output};

use chrono::{DateTime, Utc};
use current_user::clock::{Clock as _, SystemClock};
use entity::email;
use sea_orm::{ColumnTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, Server, TestDatabase, every_database_url, program};

mod ban;
mod delete;
mod invite;
mod list;
mod refusals;
mod sessions;
mod show;

/// Whoever runs the service.
struct Operator(String);

impl Operator {
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

    /// What a command prints that succeeds, and what it notes besides.
    #[track_caller]
    fn says(&self, arguments: &[&str]) -> (String, String) {
        let Output { status, stdout, stderr } = self.run(arguments);
        let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert!(status.success(), "{arguments:?}: {stderr}");
        (stdout, stderr)
    }

    /// The same of one that has nothing to note.
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

    /// The one line of a command that fails.
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

/// A server, whoever runs it, and another connection to its database.
struct Service {
    server: Server,
    operator: Operator,
    other: DatabaseConnection,
    _database: TestDatabase,
}

impl Service {
    /// Somebody who signs up and logs in, and what they see of themselves.
    async fn user(&self, email: &str, name: &str) -> (Client, Value) {
        let anonymous = self.server.client();
        anonymous.sign_up(email).await;
        let client = anonymous.log_in(email).await;
        let me = client.patch("/me", json!({ "name": name })).await.expect(200).json();
        (client, me)
    }

    async fn verify(&self, email: &str) -> DateTime<Utc> {
        let now = SystemClock.now();
        let verified = email::Entity::update_many()
            .col_expr(email::Column::VerifiedAt, now.into())
            .filter(email::Column::Normalized.eq(email));
        assert_eq!(verified.exec(&self.other).await.unwrap().rows_affected, 1);
        now
    }
}

async fn services() -> Vec<Service> {
    let mut services = Vec::new();
    for database in every_database_url().await {
        let server = Server::start(&database.connection_string());
        let (operator, other) = (Operator::of(&database), database.connect().await);
        services.push(Service { server, operator, other, _database: database });
    }
    services
}

/// A database that is up to date and that nobody serves: what is to be sent stays.
async fn unserved() -> Vec<(Operator, DatabaseConnection, TestDatabase)> {
    let mut all = Vec::new();
    for database in every_database_url().await {
        let operator = Operator::of(&database);
        let up = program().args(["migrate", "up", "--database-url", &operator.0]).output();
        assert!(up.unwrap().status.success());
        all.push((operator, database.connect().await, database));
    }
    all
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

fn credentials(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD })
}

fn without_emails(mut user: Value) -> Value {
    user.as_object_mut().unwrap().remove("emails");
    user
}
