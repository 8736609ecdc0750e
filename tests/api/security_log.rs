//! The security log: the lines of the log that an operator alerts on.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::USER_AGENT;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::{
    Mailbox, PASSWORD, Reply, Server, TestDatabase, apply, every_database, program,
    unknown_one_time_token,
};

/// A server whose log goes to a file.
struct Logged {
    server: Server,
    directory: TempDir,
}

impl Logged {
    fn start(database: &TestDatabase, mailbox: &Mailbox, log: [&str; 2]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (level, format) = (log[0], log[1]);
        let mut command = program();
        command
            .args(["serve", "--log", level, "--log-format", format])
            .args(["--database-url", &database.connection_string()])
            // Without a mail server, the program writes mails to the log.
            .args(["--smtp-url", &mailbox.url(), "--mail-from", "no-reply@example.com"])
            .current_dir(directory.path())
            .stderr(std::fs::File::create(directory.path().join("log")).unwrap());
        Self { server: Server::spawn(command), directory }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap()
    }

    /// The lines of the security log, which has JSON.
    fn security(&self) -> Vec<Value> {
        let log = self.log();
        // The last line may not be complete yet.
        let lines = log.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["target"] == "security").collect()
    }

    /// Stops the server, so that its log is complete.
    fn stop(&mut self) {
        self.server.terminate();
        assert!(self.server.wait().success());
    }
}

/// What a line says, without who and when.
fn summary(line: &Value) -> String {
    let parts = ["event", "code", "reason"].map(|name| line["fields"][name].as_str());
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[apply(every_database)]
async fn attacks_and_changes_are_logged_with_their_reason_and_no_secret(database: TestDatabase) {
    let mailbox = Mailbox::start().await;
    let mut logged = Logged::start(&database, &mailbox, ["debug", "json"]);
    let client = logged.server.client();
    let (email, nobody) = ("ada.secret@example.com", "nobody.secret@example.com");
    let guess = "a secret guess";

    client.sign_up(email).await;
    client.try_log_in(nobody, guess).await.expect(401);
    client.try_log_in(email, guess).await.expect(401);
    let ada = client.log_in(email).await;
    let other = client.log_in(email).await;
    ada.reauthenticate(guess).await.expect(403);
    ada.delete(&format!("/me/sessions/{}", Uuid::from_u128(7))).await.expect(404);
    ada.delete(&format!("/me/emails/{}", Uuid::from_u128(7))).await.expect(404);
    client.confirm_password_reset(&unknown_one_time_token(), PASSWORD).await.expect(422);
    other.log_out().await.expect(204);
    other.get("/me").await.expect(401);
    client.get("/me").await.expect(401);
    ada.change_password(PASSWORD, "another secret password").await.expect(204);
    // Each to another address, so that only the client has used up its limit.
    let mut number = 0;
    while client.request_password_reset(&format!("{number}{nobody}")).await.status == 202 {
        number += 1;
    }

    // A client that hangs up. The password takes longer to hash.
    let body = json!({ "email": email, "password": guess }).to_string();
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let since = Instant::now();
    while !logged.security().iter().any(|line| summary(line) == "hung_up") {
        assert!(since.elapsed() < Duration::from_secs(60), "no client hung up: {}", logged.log());
        let address = logged.server.base().trim_start_matches("http://").to_owned();
        let mut connection = TcpStream::connect(address).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        drop(connection);
        client.get("/health/live").await.expect(200);
    }
    logged.stop();

    let lines = logged.security();
    let mut summaries: Vec<String> = lines.iter().map(summary).collect();
    // The guesses of those who hung up in time, and of those who did not.
    summaries.retain(|line| line != "hung_up");
    summaries.truncate(14);
    assert_eq!(
        summaries,
        [
            "signed_up",
            "refused invalid_credentials unknown_address",
            "refused invalid_credentials wrong_password",
            "logged_in",
            "logged_in",
            "wrong_password",
            "refused wrong_password wrong_password",
            "refused not_found not_of_this_user",
            "refused not_found not_of_this_user",
            "refused invalid_one_time_token invalid_token",
            "logged_out",
            "refused invalid_token session_ended",
            "password_changed",
            "refused too_many_requests reset-client",
        ],
        "a token that is missing is no attack"
    );

    let account = lines[0]["fields"]["account"].as_str().unwrap();
    assert_eq!(account.len(), 16, "{account}");
    for line in &lines {
        assert_eq!(line["fields"]["client"], "127.0.0.1", "{line}");
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
        assert!(line["span"]["request_id"].is_string(), "{line}");
        let named = line["fields"]["account"].as_str();
        assert!(named.is_none_or(|named| named == account), "{line}");
        let level = if line["fields"]["message"] == "recorded" { "INFO" } else { "WARN" };
        assert_eq!(line["level"], level, "{line}");
    }
    let unknown = &lines[1]["fields"];
    assert_eq!(unknown["account"], Value::Null, "nobody has the address");
    assert_eq!((&unknown["method"], &unknown["path"]), (&json!("POST"), &json!("/login")));

    let log = logged.log();
    let secrets = [email, nobody, "secret@", guess, PASSWORD, ada.token(), other.token()];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[apply(every_database)]
async fn an_administrator_finds_the_account_of_a_line_and_is_logged(database: TestDatabase) {
    let mailbox = Mailbox::start().await;
    let logged = Logged::start(&database, &mailbox, ["info", "json"]);
    logged.server.client().sign_up("ada@example.com").await;
    logged.server.client().sign_up("bob@example.com").await;
    let account = logged.security()[0]["fields"]["account"].as_str().unwrap().to_owned();

    let users = |arguments: &[&str]| {
        let mut command = program();
        command.arg("users").args(arguments).current_dir(logged.directory.path());
        command.args(["--database-url", &database.connection_string()]);
        command.output().unwrap()
    };
    let target = format!("log:{account}");
    let shown = users(&["show", &target, "--json"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["defaultEmail"], "ada@example.com");

    let log = ["--log", "security=info", "--log-format", "json"];
    let banned = users(&[&["ban", &target], &log[..]].concat());
    let line: Value = serde_json::from_slice(&banned.stderr).unwrap();
    assert_eq!(line["fields"]["event"], "account_banned");
    assert_eq!(line["fields"]["account"], account.as_str());
    assert_eq!(line["fields"]["by"], "administrator");

    let unknown = users(&["show", "log:0123456789abcdef"]);
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("no user 0123456789abcdef"));
    let elsewhere = users(&["show", &target, "--secret-file", "elsewhere"]);
    let error = String::from_utf8(elsewhere.stderr).unwrap();
    assert!(error.contains("--secret-file"), "{error}");
    assert!(!logged.directory.path().join("elsewhere").exists());
}

#[apply(every_database)]
async fn a_fault_is_logged_with_its_request(database: TestDatabase) {
    let mailbox = Mailbox::start().await;
    let mut logged = Logged::start(&database, &mailbox, ["warn", "json"]);
    let client = logged.server.client();
    database.execute("ALTER TABLE sessions RENAME TO gone").await;
    let reply = client.try_sign_up("ada@example.com").await;
    let login = client.try_log_in("ada@example.com", PASSWORD).await.expect(500);
    logged.stop();

    assert_eq!(reply.status, 201, "what needs no session goes on");
    let log = logged.log();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let faults: Vec<Value> = lines.filter(|line| line["level"] == "ERROR").collect();
    let [fault] = faults.as_slice() else { panic!("{log}") };
    assert_eq!(fault["span"]["request_id"], login.header("x-request-id"));
    assert!(fault["fields"]["error"].as_str().unwrap().contains("sessions"), "{fault}");
}

#[apply(every_database)]
async fn nobody_writes_lines_into_the_log(database: TestDatabase) {
    let mailbox = Mailbox::start().await;
    let mut logged = Logged::start(&database, &mailbox, ["debug,hyper=info", "text"]);
    let client = logged.server.client();
    let forged = "2026-11-26T00:00:00.000000Z  INFO security: forged\u{1b}[2K";
    for path in ["/login%0aFORGED", "/me?%0aFORGED=%0a", "/avatars/%0d%0aFORGED", "/%1b%5b2KFORGED"]
    {
        let request = client.request(Method::GET, path).header(USER_AGENT, "FORGED");
        Reply::to(request.header("X-Request-Id", "FORGED")).await;
    }
    let email = format!("ada@example.com\n{forged}");
    client.try_log_in(&email, &format!("\r\n{forged}")).await.expect(422);
    client.try_log_in("ada@example.com", &format!("\r\n{forged}")).await.expect(401);
    client.try_sign_up("ada@example.com").await.expect(201);
    logged.stop();

    let log = logged.log();
    assert!(!log.to_lowercase().contains("forged") && !log.contains('\u{1b}'), "{log}");
    for line in log.lines() {
        let time = line.split(' ').next().unwrap_or_default();
        assert!(time.parse::<chrono::DateTime<chrono::Utc>>().is_ok(), "{line}");
    }
}
