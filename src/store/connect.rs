//! Opening the database that a URL names.

use std::fmt;
use std::fs::OpenOptions;
use std::num::NonZero;
use std::os::unix::fs::OpenOptionsExt as _;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{AssertSqlSafe, Connection as _, PgConnection, query_scalar};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbErr, RuntimeErr,
    SqlxError, metric,
};
use tokio::time::timeout;
use url::Url;

use super::changes::Changes;
use super::group_commit::{GroupCommit, Writer};
use super::listener::{Lease, listen};
use super::wal_index::WalIndex;
use super::{Committer, Store};
use crate::metrics::Metrics;

/// How long start-up waits for an answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);
/// Connections that read SQLite at once; each is a thread.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite://PATH`: a file, created if missing.
    Sqlite(String),
    /// `postgres://…`: a server.
    Postgres(Url),
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            // In memory, every connection would have a database of its own.
            return if path.is_empty() || path.starts_with(":memory:") || path.contains('?') {
                Err("must name a file, like `sqlite://current-user.db`, without options".to_owned())
            } else {
                Ok(Self::Sqlite(path.to_owned()))
            };
        }
        match Url::parse(url) {
            Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => Ok(Self::Postgres(url)),
            _ => Err("must be `sqlite://PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`"
                .to_owned()),
        }
    }
}

/// Without the password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{path}"),
            Self::Postgres(url) => {
                let host = url.host_str().unwrap_or_default();
                write!(f, "postgres://{host}")?;
                if let Some(port) = url.port() {
                    write!(f, ":{port}")?;
                }
                f.write_str(url.path())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("can't open the database {url}: {source}")]
pub struct ConnectError {
    /// Without the password.
    url: String,
    source: DbErr,
}

/// Is told of every statement that was run, how long it took, and whether it
/// failed. Values are in it: personal data.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(&metric::Info<'_>) + Send + Sync>);

impl Observer {
    /// Calls `observe`, which should be quick: the statement's request waits for it.
    pub fn new(observe: impl Fn(&metric::Info<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observe))
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer(…)")
    }
}

/// How to use the database.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long a request waits for a free connection, for its turn to write, or
    /// for a lock.
    pub patience: Duration,
    /// Most changes that share a commit on SQLite.
    pub batch: NonZero<usize>,
    /// Where commits are counted.
    pub metrics: Metrics,
    /// Who watches, if anybody.
    pub observer: Option<Observer>,
}

impl Store {
    /// Opens the database at `url`. Applies no migration.
    ///
    /// # Errors
    /// When the file can't be opened or the server does not answer.
    pub async fn connect(url: &DatabaseUrl, options: Options) -> Result<Self, ConnectError> {
        let opened = match url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path, options).await,
            DatabaseUrl::Postgres(url) => open_postgres(url, options).await,
        };
        opened.map_err(|source| ConnectError { url: url.to_string(), source })
    }
}

/// One connection writes, several read: in WAL mode neither waits for the other.
async fn open_sqlite(path: &str, options: Options) -> Result<Store, DbErr> {
    let Options { patience, batch, metrics, observer } = options;
    let failed = |error: std::io::Error| DbErr::Conn(RuntimeErr::Internal(error.to_string()));
    // SQLite gives its other files the mode of this one: nobody else may read
    // who has an account.
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    file.map_err(failed)?;
    let writer = sqlite_pool(path, 1, patience, false).await?;
    let reader = sqlite_pool(path, SQLITE_READERS, patience, true).await?;
    let [writer, reader] = [writer, reader].map(|pool| observed(pool, observer.clone()));

    // It is there from the first read on.
    writer.execute_unprepared("SELECT * FROM sqlite_schema").await?;
    let index = WalIndex::open(path).map_err(failed)?;
    let changes = Arc::new(Changes::new(Arc::clone(&index)));
    let writing = Writer::new(writer.clone(), Arc::clone(&changes), index, metrics);
    let group = GroupCommit::start(writing, batch, patience).map_err(failed)?;
    Ok(Store { reader, writer, committer: Committer::Group(group), changes })
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

/// How long emptying the WAL may wait for those who read from it. Nobody can write
/// meanwhile, so it is much less than a change waits for its turn.
const WAL_PATIENCE: Duration = Duration::from_millis(200);

/// Moves the WAL into the database, and makes it empty. `false`: somebody still reads
/// from it.
pub(super) async fn truncate_wal(writer: &DatabaseConnection) -> Result<bool, DbErr> {
    let failed = |error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
    let pool = writer.get_sqlite_connection_pool();
    let mut connection = pool.acquire().await.map_err(failed)?;
    let patience = query_scalar::<_, i64>("PRAGMA busy_timeout");
    let patience = patience.fetch_one(&mut *connection).await.map_err(failed)?;
    let shorter = format!("PRAGMA busy_timeout = {}", WAL_PATIENCE.as_millis());
    query_scalar::<_, i64>(AssertSqlSafe(shorter))
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    let is_busy = query_scalar::<_, i64>("PRAGMA wal_checkpoint(TRUNCATE)");
    let is_busy = is_busy.fetch_one(&mut *connection).await;
    let as_before = format!("PRAGMA busy_timeout = {patience}");
    query_scalar::<_, i64>(AssertSqlSafe(as_before))
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    Ok(is_busy.map_err(failed)? == 0)
}

async fn open_postgres(url: &Url, options: Options) -> Result<Store, DbErr> {
    let Options { patience, batch: _, metrics: _, observer } = options;
    // A pool keeps trying and then tells only of the time it took; one
    // connection tells at once what is wrong.
    let refused = |error: SqlxError| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
    let probe = timeout(CONNECT_TIMEOUT, PgConnection::connect(url.as_str())).await;
    probe
        .unwrap_or(Err(SqlxError::PoolTimedOut))
        .map_err(refused)?
        .close()
        .await
        .map_err(refused)?;

    let mut options = pool(url.as_str(), POSTGRES_CONNECTIONS, patience);
    let lock_timeout = patience.as_millis().max(1).to_string();
    options.map_sqlx_postgres_opts(move |postgres: PgConnectOptions| {
        postgres.options([("lock_timeout", &lock_timeout)])
    });
    let connection = observed(Database::connect(options).await?, observer);

    let lease = Lease::new();
    let changes = Arc::new(Changes::new(Arc::clone(&lease)));
    let options = url.as_str().parse().map_err(refused)?;
    let listening = Arc::new(listen(options, Arc::clone(&changes), lease));
    Ok(Store {
        reader: connection.clone(),
        writer: connection,
        committer: Committer::Each(listening),
        changes,
    })
}

fn observed(mut pool: DatabaseConnection, observer: Option<Observer>) -> DatabaseConnection {
    if let Some(Observer(observe)) = observer {
        pool.set_metric_callback(move |info| observe(info));
    }
    pool
}

fn pool(url: &str, connections: u32, patience: Duration) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(patience)
        .connect_timeout(CONNECT_TIMEOUT)
        // Statements hold personal data, and logging them costs.
        .sqlx_logging(false);
    options
}
