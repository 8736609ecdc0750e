//! A transaction that knows whom it changes.

use std::sync::{Mutex, PoisonError};

use sea_orm::{DatabaseTransaction, DbErr};
use uuid::Uuid;

/// A transaction, as the work in it sees it.
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    changed: Mutex<Vec<Uuid>>,
}

impl Transaction {
    pub(super) fn new(inner: DatabaseTransaction) -> Self {
        Self { inner, changed: Mutex::default() }
    }

    /// Where to read.
    #[must_use]
    pub fn read(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// Where to write what belongs to a user. Whoever keeps a copy of the user is
    /// told when it is committed, and so can't be forgotten.
    #[must_use]
    pub fn write(&self, user_id: Uuid) -> &DatabaseTransaction {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).push(user_id);
        &self.inner
    }

    /// Whom it has changed since this was asked last.
    pub(super) fn take_changed(&self) -> Vec<Uuid> {
        std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner))
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
