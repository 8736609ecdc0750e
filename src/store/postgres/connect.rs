//! Opening a PostgreSQL database.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::{AssertSqlSafe, Connection as _, PgConnection, query_scalar, raw_sql};
use sea_orm::{Database, DatabaseConnection, DbErr, RuntimeErr, SqlxError};
use tokio::time::timeout;
use url::Url;
use uuid::Builder;

use super::change_feed::follow;
use super::lease::Lease;
use crate::random::{Random, SystemRandom};
use crate::store::database::{Committer, Store};
use crate::store::effect::Effects;
use crate::store::options::{CONNECT_TIMEOUT, Options, observed, pool};

/// The number of connections that only read. Changes can't take them, so reads go on while
/// commits stall.
const READERS: u32 = 6;

/// The number of connections that change data.
const WRITERS: u32 = 16;

/// After this time, the server ends a transaction whose node has fallen silent, and frees its locks.
const IDLE_TRANSACTION: Duration = Duration::from_secs(60);

/// Opens the pools of connections, and starts to follow the changes of other nodes.
pub(in crate::store) async fn open(url: &Url, options: Options) -> Result<Store, DbErr> {
    let Options { patience, batch: _, metrics: _, observer } = options;
    let options: PgConnectOptions = url.as_str().parse().map_err(refused)?;
    // A connection pooler refuses a setting that it does not know. No number here is a float.
    let options = options.extra_float_digits(None);
    timeout(CONNECT_TIMEOUT, probe(&options))
        .await
        .unwrap_or(Err(SqlxError::PoolTimedOut))
        .map_err(refused)?;

    let random: &dyn Random = &SystemRandom;
    let node = Builder::from_random_bytes(random.bytes()).into_uuid();
    let settings = format!(
        "SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; \
        SET currentuser.node = '{node}'",
        patience.as_millis().max(1),
        IDLE_TRANSACTION.as_millis(),
    );
    let reader = connect(url, READERS, patience, &settings).await?;
    let writer = connect(url, WRITERS, patience, &settings).await?;
    let [reader, writer] = [reader, writer].map(|pool| observed(pool, observer.clone()));

    let lease = Lease::new();
    let effects = Arc::new(Effects::new(Arc::clone(&lease)));
    let feed = Arc::new(follow(options, node, Arc::clone(&effects), lease));
    Ok(Store::new(reader, writer, Committer::Each(feed), effects))
}

/// Opens a pool whose connections have these settings.
async fn connect(
    url: &Url,
    connections: u32,
    patience: Duration,
    settings: &str,
) -> Result<DatabaseConnection, DbErr> {
    let mut options = pool(url.as_str(), connections, patience);
    let settings = settings.to_owned();
    options
        .map_sqlx_postgres_opts(|options: PgConnectOptions| options.extra_float_digits(None))
        .map_sqlx_postgres_pool_opts(move |pool: PgPoolOptions| {
            let settings = settings.clone();
            // Poolers take no settings when a connection is made.
            pool.after_connect(move |connection, _| {
                let settings = AssertSqlSafe(settings.clone());
                Box::pin(async move { raw_sql(settings).execute(connection).await.map(drop) })
            })
        });
    Database::connect(options).await
}

/// Connects once. A pool keeps trying, and then reports only a timeout. A single connection reports
/// at once what is wrong.
///
/// The settings and `LISTEN` need sessions. A pooler that gives the session of one connection to
/// another shows the setting of the first one to it.
async fn probe(options: &PgConnectOptions) -> Result<(), SqlxError> {
    let mut first = PgConnection::connect_with(options).await?;
    raw_sql("SET currentuser.node = 'probe'").execute(&mut first).await?;
    let mut second = PgConnection::connect_with(options).await?;
    let setting = query_scalar("SELECT current_setting('currentuser.node', true)");
    let seen: Option<String> = setting.fetch_one(&mut second).await?;
    for connection in [first, second] {
        connection.close().await?;
    }
    match seen.as_deref() {
        Some("probe") => Err(SqlxError::Configuration(
            "the connection pooler shares sessions. Let it pool by session (PgBouncer: \
            `pool_mode = session`)"
                .into(),
        )),
        _ => Ok(()),
    }
}

fn refused(error: SqlxError) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}
