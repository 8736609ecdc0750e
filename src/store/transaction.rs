//! A transaction that keeps track of the users whose data it changes.

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

/// The state that all handles on one transaction share.
#[derive(Debug)]
struct Shared {
    inner: DatabaseTransaction,
    /// The statements that must run before the next statement. They end the last unit of work and
    /// begin the next. Where possible they are sent together with the next statement, because each
    /// round trip to SQLite's thread takes as long as a small statement.
    before: Mutex<Option<&'static str>>,
    effects: Mutex<Vec<Effect>>,
}

impl Transaction {
    /// A transaction for one unit of work.
    pub(super) fn new(inner: DatabaseTransaction) -> Self {
        Self::with(inner, None)
    }

    /// A transaction on SQLite for many units of work, each within a savepoint. The savepoints are
    /// plain SQL, not nested transactions of SeaORM. COMMIT ends the last one.
    pub(super) fn of_many(inner: DatabaseTransaction) -> Self {
        Self::with(inner, Some("SAVEPOINT work"))
    }

    fn with(inner: DatabaseTransaction, before: Option<&'static str>) -> Self {
        Self(Arc::new(Shared { inner, before: Mutex::new(before), effects: Mutex::default() }))
    }

    /// The kind of database: SQLite or PostgreSQL.
    pub(crate) fn backend(&self) -> DbBackend {
        self.0.inner.get_database_backend()
    }

    /// The connection, once the unit of work has begun on it.
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

    /// The connection for writing rows that belong to a user. After the commit, copies of the
    /// user are stale. The user is an argument, so that no query can forget this effect.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn write(&self, user_id: Uuid) -> Result<&DatabaseTransaction, DbErr> {
        self.write_with(Effect::User(user_id)).await
    }

    /// The connection for writing data that is part of no user's representation.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn write_unseen(&self) -> Result<&DatabaseTransaction, DbErr> {
        self.begun().await
    }

    /// The connection for writing data that has an effect after the commit.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn write_with(&self, effect: Effect) -> Result<&DatabaseTransaction, DbErr> {
        lock(&self.0.effects).push(effect);
        self.begun().await
    }

    /// Runs a statement that returns at most one row.
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
        // On SQLite no other transaction can write now anyway.
        if self.backend() == DbBackend::Postgres {
            let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            self.query_one(lock, vec![text.into()]).await?;
        }
        Ok(())
    }

    /// Keeps the changes of the current unit of work, in a transaction for many. Returns its
    /// effects.
    pub(super) fn keep(&self) -> Vec<Effect> {
        // If the unit of work ran no statement, the statements that begin it still wait.
        lock(&self.0.before).get_or_insert("RELEASE work; SAVEPOINT work");
        self.take_effects()
    }

    /// Undoes the changes of the current unit of work, in a transaction for many.
    pub(super) async fn undo(&self) -> Result<(), DbErr> {
        self.take_effects();
        if lock(&self.0.before).is_none() {
            // The savepoint stays for the next unit of work.
            self.0.inner.execute_unprepared("ROLLBACK TO work").await?;
        }
        Ok(())
    }

    /// Takes the effects that were added since the last call.
    pub(super) fn take_effects(&self) -> Vec<Effect> {
        std::mem::take(&mut *lock(&self.0.effects))
    }

    /// Commits the transaction.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.into_inner()?.commit().await
    }

    /// Rolls the transaction back.
    pub(super) async fn roll_back(self) -> Result<(), DbErr> {
        self.into_inner()?.rollback().await
    }

    /// The inner transaction, if this is the only handle on it.
    ///
    /// # Errors
    /// When a unit of work has kept its handle, and may still use the transaction.
    fn into_inner(self) -> Result<DatabaseTransaction, DbErr> {
        let kept = || DbErr::Custom("a unit of work has kept its transaction".to_owned());
        Arc::into_inner(self.0).map(|shared| shared.inner).ok_or_else(kept)
    }
}

/// A place to read from: the database, or a transaction.
pub trait Read: Sync {
    /// The type of the connection.
    type Connection: ConnectionTrait;

    /// The connection that runs the next statement.
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
