//! The database: reading, and transactions that write.

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbErr, TransactionTrait as _};
use tracing::Instrument as _;

use super::effect::Effects;
use super::freshness::Freshness;
use super::postgres::ChangeFeed;
use super::signals::Signals;
use super::sqlite::{GroupCommit, truncate_wal};
use super::transaction::Transaction;

/// The database: SQLite or PostgreSQL.
#[derive(Clone, Debug)]
pub struct Store {
    reader: DatabaseConnection,
    pub(super) writer: DatabaseConnection,
    committer: Committer,
    effects: Arc<Effects>,
}

/// How transactions begin and commit.
#[derive(Clone, Debug)]
pub(super) enum Committer {
    /// SQLite: one task does it for all.
    Group(GroupCommit),
    /// PostgreSQL, which groups commits itself: each request has its own. The feed of what
    /// other nodes change is followed as long as this is kept.
    Each(#[expect(dead_code, reason = "it only has to live")] Arc<ChangeFeed>),
}

impl Store {
    pub(super) fn new(
        reader: DatabaseConnection,
        writer: DatabaseConnection,
        committer: Committer,
        effects: Arc<Effects>,
    ) -> Self {
        Self { reader, writer, committer, effects }
    }

    /// Where to read outside a transaction.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Whether copies of users are fresh.
    #[must_use]
    pub fn freshness(&self) -> &Freshness {
        &self.effects.freshness
    }

    /// Wakes the tasks that work in the background.
    #[must_use]
    pub fn signals(&self) -> &Signals {
        &self.effects.signals
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
                let each = write_alone(self.writer.clone(), Arc::clone(&self.effects), work);
                match tokio::spawn(each.in_current_span()).await {
                    Ok(result) => result,
                    Err(ended) => std::panic::resume_unwind(ended.into_panic()),
                }
            }
        }
    }

    /// Overwrites deleted rows wherever the database still keeps them. `false`: a reader
    /// still uses an older version; try again.
    ///
    /// On SQLite the pages in the database were overwritten already, but the WAL holds
    /// older versions of them. PostgreSQL keeps dead rows until they are vacuumed,
    /// which is its operator's to decide.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn scrub(&self) -> Result<bool, DbErr> {
        match self.committer {
            Committer::Group(_) => truncate_wal(&self.writer).await,
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
    after: Arc<Effects>,
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
        after.apply(effect);
    }
    committed?;
    Ok(result)
}
