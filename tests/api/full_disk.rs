//! A disk that is full for a while: refused writes are not stored, acknowledged writes
//! are, and afterwards the service works as before.

use std::process::Command;

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::json;

use crate::support::{Client, Server, TestDatabase, apply, program, sqlite_only};

const FIELDS: [&str; 3] = ["name", "bio", "avatarUrl"];

/// Starts a server that gets an error instead of a signal when a file can't grow.
fn start(database_url: &str) -> Server {
    let program = program();
    let mut command = Command::new("sh");
    command.args(["-c", r#"trap '' XFSZ; exec "$0" "$@""#]).arg(program.get_program());
    for (name, _) in program.get_envs() {
        command.env_remove(name);
    }
    command.args(["serve", "--log", "off", "--database-url", database_url]);
    Server::spawn(command)
}

/// Limits the size of the files of a server.
fn limit_files(server: &Server, bytes: &str) {
    let (process, limit) = (server.id().to_string(), format!("--fsize={bytes}:unlimited"));
    let limited = Command::new("prlimit").args(["--pid", &process, &limit]).status();
    assert!(limited.unwrap().success());
}

/// Writes a number to all fields at the same time. Returns which writes were acknowledged.
async fn patch(ada: &Client, number: u32) -> [bool; 3] {
    let patches = FIELDS
        .map(|field| ada.patch("/me", json!({ field: format!("https://example.com/{number}") })));
    let replies = join_all(patches).await.into_iter();
    let acknowledged: Vec<bool> = replies
        .map(|reply| match reply.status.as_u16() {
            200 => true,
            _ => {
                reply.expect_problem(500, "internal_error");
                false
            }
        })
        .collect();
    acknowledged.try_into().unwrap()
}

/// The numbers that the fields show.
async fn shown(ada: &Client) -> [u32; 3] {
    let me = ada.get("/me").await.expect(200).json();
    FIELDS.map(|field| me[field].as_str().unwrap().rsplit('/').next().unwrap().parse().unwrap())
}

#[apply(sqlite_only)]
async fn a_disk_that_is_full_for_a_while_loses_nothing_and_breaks_nothing(database: TestDatabase) {
    assert!(database.is_sqlite());
    let server = start(&database.connection_string());
    let ada = server.client().sign_up_and_log_in("ada@example.com").await;
    assert_eq!(patch(&ada, 1).await, [true; 3]);

    // There is space for a few more patches.
    limit_files(&server, "200000");
    let (mut acknowledged, mut failed) = ([1; 3], 0);
    for number in 2..500 {
        let outcome = patch(&ada, number).await;
        for (last, _) in acknowledged.iter_mut().zip(outcome).filter(|(_, ok)| *ok) {
            *last = number;
        }
        assert_eq!(shown(&ada).await, acknowledged);
        failed += outcome.iter().filter(|ok| !**ok).count();
        if failed >= 30 {
            break;
        }
    }
    assert!(failed >= 30, "the disk was never full");

    // There is space again, and the service works as before.
    limit_files(&server, "unlimited");
    assert_eq!(patch(&ada, 500).await, [true; 3]);
    assert_eq!(shown(&ada).await, [500; 3]);
    // A write waits while another program writes.
    let other = database.connect().await;
    let lock = other.begin().await.unwrap();
    lock.execute_unprepared("UPDATE users SET locale = 'en'").await.unwrap();
    let meanwhile = async {
        for _ in 0..20 {
            ada.get("/me").await.expect(200);
        }
        lock.commit().await.unwrap();
    };
    let (written, ()) = tokio::join!(patch(&ada, 501), meanwhile);
    assert_eq!(written, [true; 3]);

    server.kill();
    let server = start(&database.connection_string());
    assert_eq!(shown(&server.client().with_token(ada.token())).await, [501; 3]);
}
