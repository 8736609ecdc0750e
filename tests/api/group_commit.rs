//! Transactions that are written at the same time share a commit on SQLite, and nothing
//! else: each one succeeds, fails or is refused on its own.

use std::fs::File;
use std::future::ready;
use std::mem::ManuallyDrop;
use std::os::unix::fs::FileExt as _;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::time::{Duration, Instant};

use current_user::store::{DatabaseUrl, Read as _, Store};
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use sea_orm::error::ConnAcquireErr;
use sea_orm::{ConnectionTrait as _, DbErr, Statement, TransactionTrait as _};
use serde_json::json;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::support::{Setup, TestApp, TestDatabase, apply, every_database, sqlite_only};

/// Creates a table to write to.
async fn make_notes(app: &TestApp) {
    app.database.execute("CREATE TABLE notes (number INTEGER NOT NULL)").await;
}

/// The numbers in the table.
async fn notes(app: &TestApp) -> Vec<i32> {
    let (reader, query) = (app.store.reader(), "SELECT number FROM notes ORDER BY number");
    let query = Statement::from_string(reader.get_database_backend(), query);
    let rows = reader.query_all_raw(query).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// The user who counts as changed when a number is inserted.
fn owner(number: i32) -> Uuid {
    Uuid::from_u128(number.try_into().unwrap())
}

type Writing = Pin<Box<dyn Future<Output = Result<(), DbErr>> + Send>>;

/// Inserts a number, and then does something else in the same transaction.
fn note_and(
    store: &Store,
    number: i32,
    then: impl Future<Output = Result<(), DbErr>> + Send + 'static,
) -> Writing {
    let store = store.clone();
    Box::pin(async move {
        let work = store.write(move |txn| {
            Box::pin(async move {
                let insert = format!("INSERT INTO notes VALUES ({number})");
                txn.write(owner(number)).await?.execute_unprepared(&insert).await?;
                then.await
            })
        });
        work.await
    })
}

fn note(store: &Store, number: i32) -> Writing {
    note_and(store, number, ready(Ok(())))
}

/// Submits a transaction without waiting for it.
fn submit(writing: &mut Writing) {
    assert!(writing.now_or_never().is_none());
}

/// Keeps the writer busy until the returned value is dropped.
async fn hold_up(store: &Store) -> oneshot::Sender<()> {
    let (release, released) = oneshot::channel();
    let (begin, begun) = oneshot::channel();
    let store = store.clone();
    tokio::spawn(async move {
        let work = store.write::<_, DbErr, _, _>(move |_| {
            Box::pin(async move {
                begin.send(()).unwrap();
                // The sender sends nothing: it is dropped.
                let _ = released.await;
                Ok(())
            })
        });
        work.await
    });
    begun.await.unwrap();
    release
}

/// The number of transactions that have changed the file: a counter in the header of the
/// WAL-index (sqlite.org/walformat.html, 2.1).
fn commits(app: &TestApp) -> u32 {
    let DatabaseUrl::Sqlite(path) = &app.database.url else { panic!("not SQLite") };
    // The file is never closed, because that would release SQLite's locks on it.
    let index = ManuallyDrop::new(File::open(format!("{path}-shm")).unwrap());
    let mut counter = [0; 4];
    index.read_exact_at(&mut counter, 8).unwrap();
    u32::from_ne_bytes(counter)
}

fn is_busy(result: &Result<(), DbErr>) -> bool {
    matches!(result, Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))
}

#[apply(every_database)]
async fn what_fails_and_what_panics_undoes_itself_and_nothing_else(app: TestApp) {
    make_notes(&app).await;
    let held = hold_up(&app.store).await;
    let mut all: Vec<Writing> = (0..40)
        .map(|number| match number % 4 {
            1 => note_and(&app.store, number, ready(Err(DbErr::Custom("failed".to_owned())))),
            2 => note_and(&app.store, number, async { panic!("a test wants this panic") }),
            _ => note(&app.store, number),
        })
        .collect();
    all.iter_mut().for_each(submit);
    drop(held);
    let all = join_all(all.into_iter().map(|one| AssertUnwindSafe(one).catch_unwind())).await;
    let mut expected = Vec::new();
    for (number, result) in (0..).zip(all) {
        match (number % 4, result) {
            (1, Ok(Err(DbErr::Custom(why)))) => assert_eq!(why, "failed"),
            (2, Err(panic)) => {
                assert_eq!(*panic.downcast_ref::<&str>().unwrap(), "a test wants this panic")
            }
            (0 | 3, Ok(Ok(()))) => expected.push(number),
            (_, other) => panic!("{number}: {other:?}"),
        }
    }
    assert_eq!(notes(&app).await, expected);
}

#[apply(sqlite_only)]
async fn a_transaction_that_ends_halfway_fails_for_all_and_the_next_is_sound(app: TestApp) {
    make_notes(&app).await;
    let other = app.database.connect().await;
    other.execute_unprepared("PRAGMA busy_timeout = 0").await.unwrap();
    for round in 0..3 {
        let held = hold_up(&app.store).await;
        // SQLite itself rolls back when the disk is full.
        let store = app.store.clone();
        let end = async move {
            let work = store.write(|txn| {
                Box::pin(async move {
                    txn.connection().await?.execute_unprepared("ROLLBACK").await.map(|_| ())
                })
            });
            work.await
        };
        let mut all = vec![note(&app.store, 10), Box::pin(end), note(&app.store, 20)];
        all.iter_mut().for_each(submit);
        drop(held);
        assert!(join_all(all).await.iter().all(Result::is_err));

        note(&app.store, round).await.unwrap();
        assert_eq!(notes(&app).await, (0..=round).collect::<Vec<_>>());
        // Another program can't write while the writer holds its transaction.
        let _held = hold_up(&app.store).await;
        other.execute_unprepared("DELETE FROM notes").await.unwrap_err();
    }
}

#[apply(every_database)]
async fn whose_work_failed_has_not_changed(app: TestApp) {
    make_notes(&app).await;
    // A node that has just started needs to contact the other nodes first.
    let before = loop {
        match app.store.freshness().now() {
            Some(moment) => break moment,
            None => drop(app.anonymous.get("/health/live").await),
        }
    };
    let (fails, works) = (owner(1), owner(2));
    let failing = note_and(&app.store, 1, ready(Err(DbErr::Custom("failed".to_owned()))));
    let (failed, worked) = tokio::join!(failing, note(&app.store, 2));
    assert!(failed.is_err() && worked.is_ok());
    assert!(app.store.freshness().is_fresh(before, fails));
    assert!(!app.store.freshness().is_fresh(before, works));
}

#[apply(sqlite_only)]
async fn a_thousand_writes_at_once_share_eight_commits_and_one_more_is_refused(app: TestApp) {
    make_notes(&app).await;
    let ada = app.user().await;
    let held = hold_up(&app.store).await;
    let mut all: Vec<Writing> = (0..1024).map(|number| note(&app.store, number)).collect();
    all.iter_mut().for_each(submit);

    // The write is refused immediately, and not only after 30 seconds.
    let refused = note(&app.store, 1024).now_or_never();
    assert!(refused.as_ref().is_some_and(is_busy), "{refused:?}");
    let refused = ada.patch("/me", json!({ "bio": "one too many" })).await;
    assert_eq!(refused.header("retry-after"), "5");
    refused.expect_problem(503, "service_unavailable");

    let before = commits(&app);
    drop(held);
    assert!(join_all(all).await.iter().all(Result::is_ok));
    assert_eq!(commits(&app) - before, 1024 / 128);
    assert_eq!(notes(&app).await, (0..1024).collect::<Vec<_>>());
    assert!(ada.get("/me").await.json().get("bio").is_none());
}

#[apply(sqlite_only)]
async fn what_nobody_waits_for_any_more_is_not_begun(app: TestApp) {
    make_notes(&app).await;
    let held = hold_up(&app.store).await;
    let mut all: Vec<Writing> = (0..3).map(|number| note(&app.store, number)).collect();
    all.iter_mut().for_each(submit);
    drop(all.remove(1));
    drop(held);
    assert!(join_all(all).await.iter().all(Result::is_ok));
    assert_eq!(notes(&app).await, [0, 2]);
}

#[apply(every_database)]
async fn what_has_begun_is_done_to_its_end_whoever_goes_away(app: TestApp) {
    make_notes(&app).await;
    let (begin, begun) = oneshot::channel();
    let (go_on, told_to) = oneshot::channel::<()>();
    let interrupted = note_and(&app.store, 1, async {
        begin.send(()).unwrap();
        told_to.await.unwrap();
        Ok(())
    });
    let caller = tokio::spawn(interrupted);
    begun.await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    assert!(notes(&app).await.is_empty(), "the transaction is not committed yet");

    go_on.send(()).unwrap();
    note(&app.store, 2).await.unwrap();
    let since = Instant::now();
    while notes(&app).await != [1, 2] {
        assert!(since.elapsed() < Duration::from_secs(10), "the transaction was not committed");
    }
}

#[apply(sqlite_only)]
async fn what_waits_too_long_is_refused_and_not_done_later(database: TestDatabase) {
    let impatient = Setup { patience: Duration::from_millis(300), ..Setup::default() };
    let app = TestApp::start(database, impatient).await;
    make_notes(&app).await;
    let held = hold_up(&app.store).await;
    let refused = note(&app.store, 1).await;
    assert!(is_busy(&refused), "{refused:?}");
    drop(held);
    note(&app.store, 2).await.unwrap();
    assert_eq!(notes(&app).await, [2]);
}

#[apply(every_database)]
async fn what_another_program_keeps_waiting_is_refused_and_not_done_later(database: TestDatabase) {
    let impatient = Setup { patience: Duration::from_millis(300), ..Setup::default() };
    let app = TestApp::start(database, impatient).await;
    let ada = app.user().await;
    let other = app.database.connect().await;
    let lock = other.begin().await.unwrap();
    lock.execute_unprepared("UPDATE users SET name = name").await.unwrap();
    let refused = ada.patch("/me", json!({ "bio": "too late" })).await;
    assert_eq!(refused.header("retry-after"), "5");
    refused.expect_problem(503, "service_unavailable");
    lock.rollback().await.unwrap();

    let me = ada.patch("/me", json!({ "locale": "en" })).await.expect(200).json();
    assert!(me.get("bio").is_none(), "{me}");
    assert_eq!(ada.get("/me").await.json(), me);
}
