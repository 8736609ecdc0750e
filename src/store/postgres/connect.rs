//! Opening a PostgreSQL database.

use std::sync::Arc;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{Connection as _, PgConnection};
use sea_orm::{Database, DbErr, RuntimeErr, SqlxError};
use tokio::time::timeout;
use url::Url;

use super::change_feed::{Lease, follow};
use crate::store::database::{Committer, Store};
use crate::store::effect::Effects;
use crate::store::options::{CONNECT_TIMEOUT, Options, observed, pool};

/// The number of connections in the pool.
const CONNECTIONS: u32 = 16;

/// Opens a pool of connections, and starts to follow the changes of other nodes.
pub(in crate::store) async fn open(url: &Url, options: Options) -> Result<Store, DbErr> {
    let Options { patience, batch: _, metrics: _, observer } = options;
    // A pool keeps trying, and then reports only a timeout. A single connection reports at
    // once what is wrong.
    let refused = |error: SqlxError| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
    let probe = timeout(CONNECT_TIMEOUT, PgConnection::connect(url.as_str())).await;
    probe
        .unwrap_or(Err(SqlxError::PoolTimedOut))
        .map_err(refused)?
        .close()
        .await
        .map_err(refused)?;

    let mut options = pool(url.as_str(), CONNECTIONS, patience);
    let lock_timeout = patience.as_millis().max(1).to_string();
    options.map_sqlx_postgres_opts(move |postgres: PgConnectOptions| {
        postgres.options([("lock_timeout", &lock_timeout)])
    });
    let connection = observed(Database::connect(options).await?, observer);

    let lease = Lease::new();
    let effects = Arc::new(Effects::new(Arc::clone(&lease)));
    let options = url.as_str().parse().map_err(refused)?;
    let feed = Arc::new(follow(options, Arc::clone(&effects), lease));
    Ok(Store::new(connection.clone(), connection, Committer::Each(feed), effects))
}
