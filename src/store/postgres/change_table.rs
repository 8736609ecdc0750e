//! Reading the table of changes, in which triggers note who has changed (see the migrations).
//!
//! A position in the table is a snapshot: the set of transactions whose changes were visible at that
//! time. Each read finds the changes that are visible now and were not at the last position. So
//! no change is skipped or read twice, in whatever order transactions commit.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sea_orm::SqlxError;
use sea_orm::sqlx::postgres::PgListener;
use sea_orm::sqlx::{Row as _, query, query_scalar};
use uuid::Uuid;

/// How long changes are kept at least.
const RETENTION: Duration = Duration::from_secs(120);

/// The maximum number of changes that are deleted at once. Meanwhile nothing is read.
const BATCH: i32 = 5000;

/// After this time without a read, changes may have been deleted that were not read.
const MAX_GAP: Duration = Duration::from_secs(60);

/// The maximum number of users that one read names. If more have changed, all are taken for
/// changed.
const MAX_USERS: i32 = 10_000;

/// Who has changed since the last read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Changed {
    Users(Vec<Uuid>),
    /// It is not known who has changed.
    Anybody,
}

/// A reader of the table.
#[derive(Debug)]
pub(super) struct ChangeTable {
    /// The node whose changes are left out.
    node: Uuid,
    /// The text form of a `pg_snapshot`.
    position: String,
    /// When the last read began, by the clock of the database and by the one of this process.
    read_at: (DateTime<Utc>, Instant),
    /// An earlier position. The changes before it are deleted when it is old enough.
    old: Old,
}

#[derive(Debug)]
struct Old {
    at: Instant,
    position: String,
}

/// Whether the table exists. It does not before the migrations are applied.
pub(super) async fn exists(connection: &mut PgListener) -> Result<bool, SqlxError> {
    let exists = "SELECT to_regclass('changes') IS NOT NULL";
    query_scalar(exists).fetch_one(connection).await
}

impl ChangeTable {
    /// A reader that begins with the changes which are committed after this call.
    pub(super) async fn open(connection: &mut PgListener, node: Uuid) -> Result<Self, SqlxError> {
        let now = "SELECT pg_current_snapshot()::text, clock_timestamp()";
        let at = Instant::now();
        let row = query(now).fetch_one(connection).await?;
        let position: String = row.try_get(0)?;
        let old = Old { at, position: position.clone() };
        Ok(Self { node, position, read_at: (row.try_get(1)?, at), old })
    }

    /// Who has changed since the last read.
    pub(super) async fn read(&mut self, connection: &mut PgListener) -> Result<Changed, SqlxError> {
        // One statement has one snapshot.
        const READ: &str = "
            SELECT pg_current_snapshot()::text, clock_timestamp(), ARRAY(
                SELECT user_id FROM changes
                WHERE transaction >= pg_snapshot_xmin($1::pg_snapshot)
                    AND NOT pg_visible_in_snapshot(transaction, $1::pg_snapshot)
                    AND node IS DISTINCT FROM $2
                LIMIT $3)";
        let began = Instant::now();
        let read = query(READ).bind(&self.position).bind(self.node).bind(MAX_USERS + 1);
        let row = read.fetch_one(connection).await?;
        self.position = row.try_get(0)?;
        let (at, before) = (row.try_get(1)?, self.read_at);
        self.read_at = (at, began);
        let users: Vec<Uuid> = row.try_get(2)?;
        // Neither clock alone knows of every pause: a process may be stopped, and clocks may be set.
        let gap = (at - before.0).abs().to_std().unwrap_or(Duration::MAX);
        let gap = gap.max(began.duration_since(before.1));
        let is_complete = gap < MAX_GAP && i32::try_from(users.len()).is_ok_and(|n| n <= MAX_USERS);
        Ok(if is_complete { Changed::Users(users) } else { Changed::Anybody })
    }

    /// Deletes some of the changes that every node has read.
    pub(super) async fn prune(&mut self, connection: &mut PgListener) -> Result<(), SqlxError> {
        const PRUNE: &str = "
            DELETE FROM changes WHERE ctid IN (
                SELECT ctid FROM changes
                WHERE transaction < pg_snapshot_xmin($1::pg_snapshot)
                LIMIT $2 FOR UPDATE SKIP LOCKED)";
        if self.old.at.elapsed() < RETENTION {
            return Ok(());
        }
        let prune = query(PRUNE).bind(&self.old.position).bind(BATCH);
        let pruned = prune.execute(connection).await?.rows_affected();
        if pruned < u64::from(BATCH.unsigned_abs()) {
            self.old = Old { at: self.read_at.1, position: self.position.clone() };
        }
        Ok(())
    }
}
