//! Distinguishing errors that load causes from faults of the database.

use sea_orm::error::ConnAcquireErr;
use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// The codes of `SQLITE_BUSY` (sqlite.org/rescode.html), `lock_not_available` and
/// `deadlock_detected` (PostgreSQL, appendix A): another transaction held a lock for too
/// long.
const LOCKED: [&str; 3] = ["5", "55P03", "40P01"];

/// Whether the same operation may succeed later: no connection or lock became free in time,
/// or the turn to write did not come in time.
pub(crate) fn is_busy(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => true,
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => is_locked(error),
        _ => false,
    }
}

fn is_locked(error: &SqlxError) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| LOCKED.contains(&&*code))
}
