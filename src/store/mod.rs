//! Queries. Each starts at its owner; none knows a rule.

use std::pin::Pin;

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};

mod connect;
pub mod emails;
mod migrations;
pub mod passwords;
pub mod sessions;
pub mod users;

pub use connect::{ConnectError, DatabaseUrl};
pub use users::Profile;

/// A future that a transaction runs.
pub type Work<'c, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>>;

/// The database: SQLite or PostgreSQL.
#[derive(Clone, Debug)]
pub struct Store {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Store {
    /// Where to read outside a transaction.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Runs `work` in a transaction: all of it is durable when this returns
    /// `Ok`, nothing of it happened when it returns `Err`.
    ///
    /// # Errors
    /// What `work` returns, and what keeps the transaction from beginning or
    /// committing.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'c> FnOnce(&'c DatabaseTransaction) -> Work<'c, T, E> + Send + 'static,
        E: From<DbErr>,
    {
        // A deferred SQLite transaction that turns to writing does not wait
        // for its turn; an immediate one does. PostgreSQL ignores the mode.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let txn = self.writer.begin_with_options(options).await?;
        let result = work(&txn).await?;
        txn.commit().await?;
        Ok(result)
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
