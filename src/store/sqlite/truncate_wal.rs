//! Emptying the write-ahead log.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::{AssertSqlSafe, query_scalar};
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr};

/// How long emptying the WAL may wait for its readers. Meanwhile no transaction can write, so
/// this is much shorter than the time that a request waits for its turn to write.
const WAL_PATIENCE: Duration = Duration::from_millis(200);

/// Moves the content of the WAL into the database file, and empties the WAL. Returns `false`
/// if a connection still reads from it.
pub(in crate::store) async fn truncate_wal(writer: &DatabaseConnection) -> Result<bool, DbErr> {
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
