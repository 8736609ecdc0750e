//! A PostgreSQL server for the tests: the one that `CURRENT_USER_TEST_DATABASE_URL` names,
//! or a temporary one from the installed binaries.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use sea_orm::{ConnectionTrait as _, Database, Statement};
use tokio::sync::OnceCell;
use url::Url;

/// The prefix of the names of test databases.
pub(super) const PREFIX: &str = "current_user_test_";

/// The server, which is started once. `None` if PostgreSQL is not installed.
pub(super) async fn server() -> Option<&'static Url> {
    static SERVER: OnceCell<Option<Url>> = OnceCell::const_new();
    SERVER.get_or_init(find).await.as_ref()
}

async fn find() -> Option<Url> {
    if let Ok(url) = std::env::var("CURRENT_USER_TEST_DATABASE_URL") {
        let url = Url::parse(&url).expect("CURRENT_USER_TEST_DATABASE_URL is not a URL");
        drop_leftovers(&url).await;
        return Some(url);
    }
    let started = binaries().map(|directory| start(&directory));
    let required = std::env::var_os("CURRENT_USER_TEST_REQUIRE_POSTGRES").is_some();
    assert!(started.is_some() || !required, "PostgreSQL is required, but it is not installed");
    started
}

/// Drops the databases of runs that have ended.
async fn drop_leftovers(url: &Url) {
    let admin = Database::connect(url.as_str()).await.unwrap();
    let query = format!("SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'");
    let query = Statement::from_string(admin.get_database_backend(), query);
    for row in admin.query_all_raw(query).await.unwrap() {
        let name: String = row.try_get("", "datname").unwrap();
        let process = name.trim_start_matches(PREFIX).split('_').next().unwrap();
        if Path::new("/proc").join(process).exists() {
            continue;
        }
        admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    }
    admin.close().await.unwrap();
}

/// The directory of the newest installed binaries.
fn binaries() -> Option<PathBuf> {
    let mut directories: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    directories.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    directories.extend(std::env::split_paths(&path));
    directories.into_iter().rev().find(|directory| directory.join("initdb").exists())
}

/// Starts a server that stops when this process ends: the shell waits for the end of its
/// standard input, which this process holds. Then it deletes the directory of the server.
fn start(binaries: &Path) -> Url {
    static SHELL: Mutex<Option<Child>> = Mutex::new(None);
    const SCRIPT: &str = r#"
        set -e
        PATH="$1:$PATH"
        trap 'pg_ctl -D "$2/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$2"/*' EXIT
        initdb -D "$2/data" -U test -A trust -E UTF8 --locale=C --no-sync >"$2/log" 2>&1
        pg_ctl -D "$2/data" -l "$2/log" -w -o "-p $3 -k $2 -c listen_addresses=127.0.0.1 \
            -c fsync=off -c max_connections=400" start >/dev/null
        echo ready
        read -r _ || true
    "#;
    let directory = tempfile::Builder::new().prefix("current-user-postgres-").tempdir().unwrap();
    let directory = directory.keep();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut shell = Command::new("sh");
    shell.args(["-c", SCRIPT, "sh"]).arg(binaries).arg(&directory).arg(port.to_string());
    // PostgreSQL refuses to run as root.
    if id(&["-u"]) == Some(0) {
        let user = id(&["-u", "postgres"]).expect("there is no system user `postgres`");
        chown(&directory, Some(user), None).unwrap();
        shell.uid(user);
    }
    let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let log = || std::fs::read_to_string(directory.join("log")).unwrap_or_default();
    assert_eq!(line.trim(), "ready", "PostgreSQL did not start: {}", log());
    *SHELL.lock().unwrap() = Some(shell);
    Url::parse(&format!("postgres://test@127.0.0.1:{port}/postgres")).unwrap()
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
