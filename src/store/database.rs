//! The handle on the database: reading, and running transactions that write.

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbErr, TransactionTrait as _};
use tracing::Instrument as _;

use super::effect::{Effect, Effects};
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
    /// SQLite: one task writes for all requests.
    Group(GroupCommit),
    /// PostgreSQL: each request commits on its own, and PostgreSQL groups the commits. The
    /// feed of other nodes' changes is followed until this is dropped.
    Each(Arc<ChangeFeed>),
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

    /// The connection pool for reading outside a transaction.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Tells whether a copy of a user is fresh.
    #[must_use]
    pub fn freshness(&self) -> &Freshness {
        &self.effects.freshness
    }

    /// The signals that wake the tasks in the background.
    #[must_use]
    pub fn signals(&self) -> &Signals {
        &self.effects.signals
    }

    /// Runs `work` in a transaction. When this returns `Ok`, all changes are durable. When it
    /// returns `Err`, nothing is changed, unless the connection broke during the commit. Once
    /// `work` has begun, it runs to its end, even if this future is dropped.
    ///
    /// # Errors
    /// The error of `work`, or the reason why the transaction could not begin or commit.
    pub async fn write<T, E, F, W>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(Transaction) -> W + Send + 'static,
        W: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<DbErr> + Send + 'static,
    {
        match &self.committer {
            Committer::Group(group) => group.write(work).await,
            Committer::Each(feed) => {
                let (effects, feed) = (Arc::clone(&self.effects), Arc::clone(feed));
                let each = write_alone(self.writer.clone(), effects, feed, work);
                match tokio::spawn(each.in_current_span()).await {
                    Ok(result) => result,
                    Err(ended) => std::panic::resume_unwind(ended.into_panic()),
                }
            }
        }
    }

    /// Overwrites deleted rows wherever the database still keeps them. Returns `false` if a
    /// reader still uses an older version; the caller has to try again.
    ///
    /// On SQLite, the pages of the database file are overwritten already, but the WAL still holds
    /// older versions of them. PostgreSQL keeps dead rows until they are vacuumed. The operator
    /// decides when that happens.
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
    /// When a connection can't be closed.
    pub async fn close(self) -> Result<(), DbErr> {
        self.writer.close().await?;
        self.reader.close().await
    }
}

async fn write_alone<T, E, F, W>(
    connection: DatabaseConnection,
    after: Arc<Effects>,
    feed: Arc<ChangeFeed>,
    work: F,
) -> Result<T, E>
where
    F: FnOnce(Transaction) -> W,
    W: Future<Output = Result<T, E>>,
    E: From<DbErr>,
{
    let txn = Transaction::new(connection.begin().await?);
    let result = work(txn.clone()).await?;
    // Apply the effects even if the commit fails. When the connection breaks, the database may have
    // committed all the same.
    let effects = txn.take_effects();
    let committed = txn.commit().await;
    for effect in effects {
        after.apply(effect);
        if let Effect::User(user_id) = effect {
            feed.announce(user_id);
        }
    }
    committed?;
    Ok(result)
}
