//! Which errors of the database are a matter of load, not of fault.

use sea_orm::error::ConnAcquireErr;
use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// Codes of `SQLITE_BUSY` (sqlite.org/rescode.html), `lock_not_available` and
/// `deadlock_detected` (PostgreSQL, appendix A): somebody else held a lock for too
/// long.
const LOCKED: [&str; 3] = ["5", "55P03", "40P01"];

/// Whether the same may work later: no connection, turn or lock became free in
/// time.
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
