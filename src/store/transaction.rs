//! A transaction that knows whom it changes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sea_orm::{
    ConnectionTrait as _, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement, Value,
};
use uuid::Uuid;

use super::changes::Change;
use super::outbox::Lane;

/// A transaction, as the work in it sees it.
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    /// What is to be run before the next statement: ends the last piece of work and
    /// begins the next. With the statement if that is possible, as each trip to
    /// SQLite's thread costs as much as a small statement.
    before: Mutex<Option<&'static str>>,
    changed: Mutex<Vec<Change>>,
}

impl Transaction {
    /// One piece of work.
    pub(super) fn new(inner: DatabaseTransaction) -> Self {
        Self { inner, before: Mutex::default(), changed: Mutex::default() }
    }

    /// Many pieces of work on SQLite, each within a savepoint, of SQLite's own and not
    /// a nested transaction. COMMIT ends the last one.
    pub(super) fn of_many(inner: DatabaseTransaction) -> Self {
        Self { before: Mutex::new(Some("SAVEPOINT work")), ..Self::new(inner) }
    }

    /// Of which kind the database is.
    pub(crate) fn backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    /// Where to read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&self) -> Result<&DatabaseTransaction, DbErr> {
        let before = lock(&self.before).take();
        if let Some(before) = before {
            self.inner.execute_unprepared(before).await?;
        }
        Ok(&self.inner)
    }

    /// Where to write what belongs to a user. Whoever keeps a copy of the user is
    /// told when it is committed, and so can't be forgotten.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn write(&self, user_id: Uuid) -> Result<&DatabaseTransaction, DbErr> {
        lock(&self.changed).push(Change::User(user_id));
        self.read().await
    }

    /// Where to write what no user is shown from.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn write_unseen(&self) -> Result<&DatabaseTransaction, DbErr> {
        self.read().await
    }

    /// Where to write a message that is to be sent. Whoever sends is told when it is
    /// committed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn post(&self, lane: Lane) -> Result<&DatabaseTransaction, DbErr> {
        lock(&self.changed).push(Change::Outbox(lane));
        self.read().await
    }

    /// Where to write that a user is to be erased. Whoever erases is told when it is
    /// committed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn erase(&self) -> Result<&DatabaseTransaction, DbErr> {
        lock(&self.changed).push(Change::Erasures);
        self.read().await
    }

    /// Reads a row.
    pub(crate) async fn query_one(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>, DbErr> {
        let before = lock(&self.before).take();
        let sql = before.map_or_else(|| sql.to_owned(), |before| format!("{before}; {sql}"));
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        self.inner.query_one_raw(statement).await
    }

    /// Keeps one of many pieces of work. Returns what it has changed.
    pub(super) fn keep(&self) -> Vec<Change> {
        // Work that ran no statement has begun nothing.
        lock(&self.before).get_or_insert("RELEASE work; SAVEPOINT work");
        self.take_changed()
    }

    /// Undoes one of many pieces of work.
    pub(super) async fn undo(&self) -> Result<(), DbErr> {
        self.take_changed();
        if lock(&self.before).is_none() {
            // The savepoint stays, for the next.
            self.inner.execute_unprepared("ROLLBACK TO work").await?;
        }
        Ok(())
    }

    /// What it has changed since this was asked last.
    pub(super) fn take_changed(&self) -> Vec<Change> {
        std::mem::take(&mut *lock(&self.changed))
    }

    /// Keeps what was done.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.inner.commit().await
    }

    /// Undoes what was done.
    pub(super) async fn roll_back(self) -> Result<(), DbErr> {
        self.inner.rollback().await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
