//! Opening an SQLite database.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbErr, RuntimeErr};

use super::group_commit::GroupCommit;
use super::wal_index::WalIndex;
use super::writer::Writer;
use crate::store::database::{Committer, Store};
use crate::store::effect::Effects;
use crate::store::options::{Options, observed, pool};

/// Connections that read at once; each is a thread.
const READERS: u32 = 4;

/// One connection writes, several read: in WAL mode neither waits for the other.
pub(in crate::store) async fn open(path: &str, options: Options) -> Result<Store, DbErr> {
    let Options { patience, batch, metrics, observer } = options;
    let failed = |error: std::io::Error| DbErr::Conn(RuntimeErr::Internal(error.to_string()));
    // SQLite gives its other files the mode of this one: the list of accounts is nobody
    // else's to read.
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    file.map_err(failed)?;
    let writer = sqlite_pool(path, 1, patience, false).await?;
    let reader = sqlite_pool(path, READERS, patience, true).await?;
    let [writer, reader] = [writer, reader].map(|pool| observed(pool, observer.clone()));

    // The WAL-index exists from the first read on.
    writer.execute_unprepared("SELECT * FROM sqlite_schema").await?;
    let index = WalIndex::open(path).map_err(failed)?;
    let effects = Arc::new(Effects::new(Arc::clone(&index)));
    let writing = Writer::new(writer.clone(), Arc::clone(&effects), index, metrics);
    let group = GroupCommit::start(writing, batch, patience).map_err(failed)?;
    Ok(Store::new(reader, writer, Committer::Group(group), effects))
}

async fn sqlite_pool(
    path: &str,
    connections: u32,
    patience: Duration,
    read_only: bool,
) -> Result<DatabaseConnection, DbErr> {
    let path = path.to_owned();
    let mut options = pool("sqlite://", connections, patience);
    options
        // Connections to a file don't age, and don't break.
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(move |sqlite: SqliteConnectOptions| {
            sqlite
                .filename(&path)
                .foreign_keys(true)
                .busy_timeout(patience)
                .journal_mode(SqliteJournalMode::Wal)
                // A committed write survives the loss of power.
                .synchronous(SqliteSynchronous::Full)
                // What is deleted is overwritten.
                .pragma("secure_delete", "ON")
                .pragma("query_only", if read_only { "ON" } else { "OFF" })
        });
    Database::connect(options).await
}
