//! A transaction that knows whose data it changes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryResult,
    Statement, Value,
};
use uuid::Uuid;

use super::effect::Effect;

/// A handle on a transaction, owned by the unit of work that runs in it.
#[derive(Clone, Debug)]
pub struct Transaction(Arc<Shared>);

/// What the handles on one transaction share.
#[derive(Debug)]
struct Shared {
    inner: DatabaseTransaction,
    /// The statements to run before the next one: they end the last unit of work and
    /// begin the next. They go with the next statement where that is possible, because
    /// each trip to SQLite's thread costs as much as a small statement.
    before: Mutex<Option<&'static str>>,
    effects: Mutex<Vec<Effect>>,
}

impl Transaction {
    /// A transaction for one unit of work.
    pub(super) fn new(inner: DatabaseTransaction) -> Self {
        Self::with(inner, None)
    }

    /// A transaction on SQLite for many units of work, each within a savepoint. The
    /// savepoints are SQLite's own, not nested transactions. COMMIT ends the last one.
    pub(super) fn of_many(inner: DatabaseTransaction) -> Self {
        Self::with(inner, Some("SAVEPOINT work"))
    }

    fn with(inner: DatabaseTransaction, before: Option<&'static str>) -> Self {
        Self(Arc::new(Shared { inner, before: Mutex::new(before), effects: Mutex::default() }))
    }

    /// Which database it is.
    pub(crate) fn backend(&self) -> DbBackend {
        self.0.inner.get_database_backend()
    }

    /// Where to read.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn begun(&self) -> Result<&DatabaseTransaction, DbErr> {
        let before = lock(&self.0.before).take();
        if let Some(before) = before {
            self.0.inner.execute_unprepared(before).await?;
        }
        Ok(&self.0.inner)
    }

    /// Where to write what belongs to a user. Copies of the user are dropped when it is
    /// committed; a query that writes can't forget to say so.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn write(&self, user_id: Uuid) -> Result<&DatabaseTransaction, DbErr> {
        self.write_with(Effect::User(user_id)).await
    }

    /// Where to write what is part of no user's representation.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn write_unseen(&self) -> Result<&DatabaseTransaction, DbErr> {
        self.begun().await
    }

    /// Where to write what has an effect after the commit.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn write_with(&self, effect: Effect) -> Result<&DatabaseTransaction, DbErr> {
        lock(&self.0.effects).push(effect);
        self.begun().await
    }

    /// Reads a row.
    pub(crate) async fn query_one(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>, DbErr> {
        let before = lock(&self.0.before).take();
        let sql = before.map_or_else(|| sql.to_owned(), |before| format!("{before}; {sql}"));
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        self.0.inner.query_one_raw(statement).await
    }

    /// Locks a text, such as an address, until the transaction ends.
    pub(super) async fn lock_text(&self, text: &str) -> Result<(), DbErr> {
        // On SQLite no other transaction writes now anyway.
        if self.backend() == DbBackend::Postgres {
            let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            self.query_one(lock, vec![text.into()]).await?;
        }
        Ok(())
    }

    /// Keeps one of many units of work. Returns its effects.
    pub(super) fn keep(&self) -> Vec<Effect> {
        // Work that ran no statement has begun nothing.
        lock(&self.0.before).get_or_insert("RELEASE work; SAVEPOINT work");
        self.take_effects()
    }

    /// Undoes one of many units of work.
    pub(super) async fn undo(&self) -> Result<(), DbErr> {
        self.take_effects();
        if lock(&self.0.before).is_none() {
            // The savepoint stays, for the next unit.
            self.0.inner.execute_unprepared("ROLLBACK TO work").await?;
        }
        Ok(())
    }

    /// The effects since this was last called.
    pub(super) fn take_effects(&self) -> Vec<Effect> {
        std::mem::take(&mut *lock(&self.0.effects))
    }

    /// Keeps what was done.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.into_inner()?.commit().await
    }

    /// Undoes what was done.
    pub(super) async fn roll_back(self) -> Result<(), DbErr> {
        self.into_inner()?.rollback().await
    }

    /// # Errors
    /// When a unit of work kept its handle: the transaction is not over yet.
    fn into_inner(self) -> Result<DatabaseTransaction, DbErr> {
        let kept = || DbErr::Custom("a unit of work has kept its transaction".to_owned());
        Arc::into_inner(self.0).map(|shared| shared.inner).ok_or_else(kept)
    }
}

/// A place to read from: the database, or a transaction.
pub trait Read: Sync {
    /// What runs the statements.
    type Connection: ConnectionTrait;

    /// What runs the next statement.
    fn connection(&self) -> impl Future<Output = Result<&Self::Connection, DbErr>> + Send;
}

impl Read for DatabaseConnection {
    type Connection = Self;

    async fn connection(&self) -> Result<&Self, DbErr> {
        Ok(self)
    }
}

impl Read for Transaction {
    type Connection = DatabaseTransaction;

    async fn connection(&self) -> Result<&DatabaseTransaction, DbErr> {
        self.begun().await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
