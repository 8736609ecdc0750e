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

/// The number of connections that read. Each has a thread of its own.
const READERS: u32 = 4;

/// Opens one connection that writes, and several that read. In WAL mode, readers and the
/// writer do not wait for each other.
pub(in crate::store) async fn open(path: &str, options: Options) -> Result<Store, DbErr> {
    let Options { patience, batch, metrics, observer } = options;
    let failed = |error: std::io::Error| DbErr::Conn(RuntimeErr::Internal(error.to_string()));
    // No other account of this machine may read the database. SQLite gives its other files
    // the same mode.
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    file.map_err(failed)?;
    let writer = sqlite_pool(path, 1, patience, false).await?;
    let reader = sqlite_pool(path, READERS, patience, true).await?;
    let [writer, reader] = [writer, reader].map(|pool| observed(pool, observer.clone()));

    // The first read creates the WAL-index.
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
        // Connections to a file do not break, and need not be replaced.
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
                // Deleted rows are overwritten.
                .pragma("secure_delete", "ON")
                .pragma("query_only", if read_only { "ON" } else { "OFF" })
        });
    Database::connect(options).await
}
