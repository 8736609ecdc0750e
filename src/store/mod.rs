//! Queries. Each starts at its owner; none knows a rule.

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbErr, TransactionTrait as _};
use tracing::Instrument as _;

pub mod avatars;
mod busy;
mod changes;
mod connect;
pub mod emails;
pub mod erasures;
pub mod events;
mod group_commit;
pub mod holdings;
mod listener;
mod migrations;
pub mod one_time_tokens;
pub mod outbox;
pub mod passwords;
pub mod phone_verifications;
pub mod profiles;
pub mod sessions;
mod spin;
mod transaction;
pub mod users;
mod wal_index;

pub(crate) use busy::is_busy;
pub use changes::{Changes, Moment};
pub use connect::{ConnectError, DatabaseUrl, Observer, Options};
use group_commit::GroupCommit;
pub use listener::LEASE;
use listener::Listening;
pub use transaction::{Read, Transaction};
pub use users::Profile;

/// The database: SQLite or PostgreSQL.
#[derive(Clone, Debug)]
pub struct Store {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    committer: Committer,
    changes: Arc<Changes>,
}

/// Who begins and commits transactions.
#[derive(Clone, Debug)]
enum Committer {
    /// SQLite: one task for all.
    Group(GroupCommit),
    /// PostgreSQL, which groups commits itself: each request its own. What other
    /// nodes commit is heard as long as this is kept.
    Each(#[expect(dead_code, reason = "it only has to live")] Arc<Listening>),
}

impl Store {
    /// Where to read outside a transaction.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// When users last changed: what a cache needs to know.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Runs `work` in a transaction: all of it is durable when this returns
    /// `Ok`, nothing of it happened when it returns `Err`. Once begun it runs to
    /// its end, also when this future is dropped.
    ///
    /// # Errors
    /// What `work` returns, and what keeps the transaction from beginning or
    /// committing.
    pub async fn write<T, E, F, W>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(Transaction) -> W + Send + 'static,
        W: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<DbErr> + Send + 'static,
    {
        match &self.committer {
            Committer::Group(group) => group.write(work).await,
            Committer::Each(_) => {
                let each = write_alone(self.writer.clone(), Arc::clone(&self.changes), work);
                match tokio::spawn(each.in_current_span()).await {
                    Ok(result) => result,
                    Err(ended) => std::panic::resume_unwind(ended.into_panic()),
                }
            }
        }
    }

    /// Overwrites what was deleted wherever the database keeps it still. `false`: somebody
    /// is reading what was there before; try again.
    ///
    /// On SQLite the pages in the database were overwritten already, but the WAL holds
    /// older versions of them. PostgreSQL keeps dead rows until they are vacuumed,
    /// which is its operator's to decide.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn scrub(&self) -> Result<bool, DbErr> {
        match self.committer {
            Committer::Group(_) => connect::truncate_wal(&self.writer).await,
            Committer::Each(_) => Ok(true),
        }
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// When the database does not let go.
    pub async fn close(self) -> Result<(), DbErr> {
        self.writer.close().await?;
        self.reader.close().await
    }
}

async fn write_alone<T, E, F, W>(
    connection: DatabaseConnection,
    changes: Arc<Changes>,
    work: F,
) -> Result<T, E>
where
    F: FnOnce(Transaction) -> W,
    W: Future<Output = Result<T, E>>,
    E: From<DbErr>,
{
    let txn = Transaction::new(connection.begin().await?);
    let result = work(txn.clone()).await?;
    // Noted even when the connection broke: the commit may have arrived.
    let effects = txn.take_effects();
    let committed = txn.commit().await;
    for effect in effects {
        changes.note(effect);
    }
    committed?;
    Ok(result)
}
