//! The program: its commands, its flags and its shutdown.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use current_user::api::Document;
use serde_json::{Value, json};

use crate::support::{Mailbox, Server, TestDatabase, apply, every_database, plain_png, program};

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

/// The line of the output that contains the error.
fn refusal(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(!output.status.success(), "{arguments:?} was accepted");
    assert!(output.stdout.is_empty());
    let text = String::from_utf8(output.stderr).unwrap();
    text.lines().find(|line| line.starts_with("error:")).unwrap_or(&text).to_owned()
}

#[test]
fn openapi_prints_the_document() {
    let output = run(&["openapi"]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), Document::new().unwrap().yaml);
}

#[test]
fn help_explains_every_flag_and_names_its_variable() {
    let help = String::from_utf8(run(&["serve", "--help"]).stdout).unwrap();
    for line in help.lines().map(str::trim).filter(|line| line.starts_with("--")) {
        let flag = line.split(' ').next().unwrap();
        let variable = flag.trim_start_matches('-').replace('-', "_").to_uppercase();
        assert!(help.contains(&format!("[env: CURRENT_USER_{variable}")), "{flag}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_in_one_line() {
    let cases: [(&[&str], &str); 17] = [
        (&["--public-url", "example.com"], "must be"),
        (&["--avatar-store", "s3://"], "s3://BUCKET/PREFIX"),
        (&["--commit-batch", "0"], "from 1 to 1024"),
        (&["--listen", "here"], "'--listen <ADDRESS>'"),
        (&["--listen", "example.com:80"], "like `8080`, or an address and a port like `127.0.0.1"),
        (&["--log", "tracce"], "`tracce` is neither a level nor a target of this log; write"),
        (&["--log", "info,current_user=loud"], "`current_user=loud` is no directive of a log; w"),
        (&["--database-url", "mysql://localhost/x"], "must be `sqlite://PATH` or `postgres://"),
        (&["--database-url", "sqlite://"], "must name a file"),
        (&["--session-lifetime", "1s"], "between `10m` and `3650d`"),
        (&["--trusted-proxies", "10.0.0.1/8"], "write `10.0.0.0/8` or `10.0.0.1`"),
        (&["--trusted-proxies", "::1,0.0.0.0/0"], "every client"),
        (&["--forwarded-header", "x-real-ip"], "`x-forwarded-for` or `forwarded`"),
        (&["--demo=perhaps"], "--demo"),
        (&["fly"], "unrecognized subcommand"),
        (
            &["--breached-passwords", "/no/such/list.txt"],
            "--breached-passwords /no/such/list.txt can't be read",
        ),
        (&["--breached-passwords", "/"], "without `-s false`"),
    ];
    for (arguments, expected) in cases {
        let line = refusal(arguments);
        assert!(line.contains(expected), "{arguments:?}: {line}");
    }
}

#[test]
fn a_taken_port_is_told_and_leaves_no_database() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new.db");
    let url = format!("sqlite://{}", path.display());
    let line = refusal(&["--listen", &address, "--database-url", &url]);
    assert!(line.contains(&format!("can't listen on {address}")), "{line}");
    assert!(!path.exists());
}

#[test]
fn a_database_that_can_not_be_opened_is_told_without_its_password() {
    let no_listener = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("postgres://ada:secret@{no_listener}/accounts");
    let line = refusal(&["--listen", "127.0.0.1:0", "--database-url", &url]);
    assert!(line.contains(&format!("postgres://{no_listener}/accounts")), "{line}");
    assert!(line.contains("refused") && !line.contains("secret"), "{line}");

    let line = refusal(&["--listen", "127.0.0.1:0", "--database-url", "sqlite:///no/such/x.db"]);
    assert!(line.contains("/no/such/x.db"), "{line}");
}

#[test]
fn mail_goes_into_the_log_of_a_public_service_only_if_that_is_allowed() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/new.db", directory.path().display());
    let common = ["--database-url", &url, "--log", "off"];
    // A reverse proxy on the same machine lets others reach the service, too.
    let public: [&[&str]; 4] = [
        &["--listen", "0.0.0.0:0"],
        &["--listen", "[::]:0"],
        &["--public-url", "https://accounts.example.com"],
        &["--trusted-proxies", "127.0.0.1"],
    ];
    for flags in public {
        let unlimited = [flags, &["--limits", "off", "--log-messages"], &common[..]].concat();
        assert!(refusal(&unlimited).contains("--limits off"), "{flags:?}");
        let line = refusal(&[flags, &common[..]].concat());
        assert!(line.contains("set --smtp-url or --smtp-url-file, or allow"), "{line}");
        assert!(line.contains("--log-messages"), "{line}");
    }
    assert_eq!(directory.path().read_dir().unwrap().count(), 0, "nothing was made");

    let smtp = ["--smtp-url", "smtp://127.0.0.1:1025", "--mail-from", "no-reply@example.com"];
    for allowed in [&["--log-messages"][..], &smtp, &["--demo"]] {
        let mut command = program();
        command.args(["serve", "--listen", "0.0.0.0:0"]).args(common).args(allowed);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(line.starts_with("Swagger UI: http://0.0.0.0:"), "{allowed:?}: {line}");
    }
}

#[test]
fn a_secret_in_a_file_works_and_is_never_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let write = |name: &str, secret: &str| {
        std::fs::write(directory.path().join(name), format!("{secret}\n")).unwrap();
        path(name)
    };
    let database = write("database", &format!("sqlite://{}", path("new.db")));
    let output = run(&["migrate", "up", "--database-url-file", &database]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = run(&["users", "list", "--database-url-file", &database]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let from = ["--mail-from", "no-reply@example.com"];
    let smtp = write("smtp", "http://ada:hunter2@example.com");
    let sms = write("sms", "http://sms.example.com/?key=hunter2");
    let (short, long) =
        (write("short", "hunter2"), write("long", "hunter2 hunter2 hunter2 hunter2"));
    let cases: [(&[&str], String); 6] = [
        (&["--database-url-file", &smtp], format!("--database-url-file {smtp} must be")),
        (&["--database-url-file", "/none"], "--database-url-file /none can't be read".to_owned()),
        (
            &["--database-url", "sqlite://hunter2", "--database-url-file", &database],
            "--database-url and --database-url-file are both set".to_owned(),
        ),
        (&["--smtp-url-file", &smtp, from[0], from[1]], format!("--smtp-url-file {smtp} must be")),
        (
            &["--sms-url-file", &sms, "--sms-secret-file", &short],
            format!("--sms-secret-file {short} must have"),
        ),
        (
            &["--sms-url-file", &sms, "--sms-secret-file", &long],
            format!("--sms-url-file {sms} must be"),
        ),
    ];
    for (arguments, expected) in cases {
        let elsewhere = ["--listen", "127.0.0.1:0", "--avatar-store", &path("avatars")];
        let output =
            program().current_dir(directory.path()).args(elsewhere).args(arguments).output();
        let output = output.unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(&expected), "{arguments:?}: {text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    let both = program()
        .args(["migrate", "status", "--database-url-file", &database])
        .env("CURRENT_USER_DATABASE_URL", "sqlite://hunter2")
        .output();
    let text = String::from_utf8(both.unwrap().stderr).unwrap();
    assert!(text.contains("are both set, as flags or as variables"), "{text}");
}

#[test]
fn nobody_else_may_read_the_database_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new.db");
    let server = Server::start(&format!("sqlite://{}", path.display()));
    for entry in directory.path().read_dir().unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
    }
    drop(server);
}

/// All migrations, in their order.
const NAMES: &[&str] = &[
    "m20261123_000001_accounts",
    "m20261123_000002_changes",
    "m20261124_000003_verification",
    "m20261124_000004_avatars",
    "m20261124_000005_leaving",
    "m20261126_000006_limits",
    "m20261126_000007_claims",
    "m20261126_000008_messages",
    "m20261130_000009_change_table",
];

#[apply(every_database)]
async fn migrations_go_up_and_down(database: TestDatabase) {
    let url = database.connection_string();
    let migrate = |action: &str| {
        let mut arguments = vec!["migrate", "--database-url", &url];
        arguments.splice(1..1, action.split(' '));
        let output = run(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let all =
        |state: &str| NAMES.iter().map(|name| format!("{name}: {state}\n")).collect::<String>();
    assert_eq!(migrate("status"), all("pending"));
    assert_eq!(migrate("up"), all("applied"));
    assert_eq!(migrate("status"), all("applied"));
    assert_eq!(migrate("up"), "", "no migration is pending");
    let unconfirmed = run(&["migrate", "down", "--database-url", &url]);
    let error = String::from_utf8(unconfirmed.stderr).unwrap();
    assert!(!unconfirmed.status.success() && error.contains("pass --yes"), "{error}");
    assert_eq!(migrate("status"), all("applied"), "nothing was reverted");
    for name in NAMES.iter().rev() {
        assert_eq!(
            migrate("down --yes"),
            format!("{name}: reverted\n"),
            "the last migration is reverted first"
        );
    }
    assert_eq!(migrate("status"), all("pending"));
}

#[tokio::test]
async fn the_demo_has_a_user_and_a_token_and_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut demo = Server::start_with(&["--demo"], directory.path());
    let mut value = |name: &str| {
        let line = std::iter::repeat_with(|| demo.line()).find(|line| line.starts_with(name));
        line.unwrap().split_once(':').unwrap().1.trim().to_owned()
    };
    let database = value("Database");
    let (email, token) = (value("Email"), value("Token"));

    let me = demo.client().with_token(&token).get("/me").await.expect(200).json();
    assert_eq!(me["defaultEmail"], email.as_str());

    demo.terminate();
    assert!(demo.wait().success());
    assert!(!Path::new(database.trim_start_matches("sqlite://")).exists());
    assert_eq!(directory.path().read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn a_picture_that_was_removed_is_deleted_without_being_asked() {
    let directory = tempfile::tempdir().unwrap();
    let url = ["--database-url", "sqlite://test.db", "--public-url", "https://example.com/a/"];
    let arguments = [&url[..], &["--log-messages"]].concat();
    let server = Server::start_with(&arguments, directory.path());
    let ada = server.client().sign_up_and_log_in("ada@example.com").await;
    let folder = directory.path().join("current-user-avatars");
    assert!(!folder.exists(), "no user has an avatar yet");

    let me = ada.upload(&plain_png(8, 8)).await.expect(200).json();
    let url = me["avatarUrl"].as_str().unwrap();
    let file = url.strip_prefix("https://example.com/a/avatars/").unwrap();
    assert!(folder.join(file).exists());
    let mode = folder.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "other system users must not list the folder");

    ada.delete("/me/avatar").await.expect(204);
    let since = Instant::now();
    while folder.join(file).exists() {
        assert!(since.elapsed() < Duration::from_secs(30), "the file was not deleted");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn a_request_under_way_is_answered_before_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Server::start_with(&["--demo"], directory.path());
    let mut connection = TcpStream::connect(server.base().trim_start_matches("http://")).unwrap();
    let body = r#"{"email":"nobody@example.com","password":"anything"}"#;
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).unwrap();
    // The server asks for the body, so it has accepted the request.
    let mut interim = [0; 25];
    connection.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");

    server.terminate();
    connection.write_all(body.as_bytes()).unwrap();

    let mut reply = String::new();
    connection.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{reply}");
    assert!(server.wait().success());
}

#[tokio::test]
async fn every_log_line_names_its_request_and_none_tells_a_secret() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let mut command = program();
    command.args(["serve", "--demo", "--log", "debug", "--log-format", "json"]);
    // Without a mail server, the program writes mails to the log.
    let mailbox = Mailbox::start().await;
    command.args(["--smtp-url", &mailbox.url(), "--mail-from", "no-reply@example.com"]);
    command.stderr(std::fs::File::create(&log).unwrap());
    let mut server = Server::spawn(command);

    let (email, password) = ("ada.secret@example.com", "a secret password");
    let body = json!({ "email": email, "password": password, "name": "Secret Name" });
    let client = server.client();
    client.post("/signup", body).await.expect(201);
    let token = client.try_log_in(email, password).await.expect(200).json()["token"].to_string();
    let token = token.trim_matches('"');
    let ada = client.with_token(token);
    let me = ada.get("/me").await.expect(200);
    ada.get(&format!("/me?token={token}")).await.expect(400);
    ada.get(&format!("/{token}")).await.expect(404);
    let mailed = mailbox.next_to(email).await.token();
    ada.verify_email(&mailed).await.expect(204);
    server.terminate();
    assert!(server.wait().success());

    let log = std::fs::read_to_string(log).unwrap();
    for secret in [email, password, token, &mailed, "secret@", "Secret Name", "argon2id"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let replied = |line: &&Value| line["fields"]["message"] == "replied";
    let mut ids = lines.iter().filter(replied).map(|line| &line["fields"]["request_id"]);
    assert!(ids.any(|id| id == me.header("x-request-id")), "{log}");
    assert_eq!(lines.iter().filter(replied).count(), 6);
    assert!(lines.iter().filter(replied).all(|line| line["fields"]["request_id"].is_string()));
    assert!(lines.iter().filter(replied).all(|line| line["fields"]["client"] == "127.0.0.1"));
    for number in ["status", "micros"] {
        assert!(
            lines.iter().filter(replied).all(|line| line["fields"][number].is_u64()),
            "{number}"
        );
    }
}
