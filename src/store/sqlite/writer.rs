//! The task that writes for all requests.

use std::sync::Arc;

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};
use tokio::sync::mpsc;

use super::job::{Completion, Done, Job, Queued};
use super::wal_index::{Auditor, WalIndex};
use crate::metrics::Metrics;
use crate::store::{Effect, Effects, Transaction};

/// The only task of this process that writes to the database.
pub(super) struct Writer {
    connection: DatabaseConnection,
    effects: Arc<Effects>,
    index: Arc<WalIndex>,
    auditor: Auditor,
    metrics: Metrics,
    /// Whether the connection has to be replaced before it is used again.
    is_broken: bool,
}

impl Writer {
    pub(super) fn new(
        connection: DatabaseConnection,
        effects: Arc<Effects>,
        index: Arc<WalIndex>,
        metrics: Metrics,
    ) -> Self {
        let auditor = Auditor::new(Arc::clone(&index), Arc::clone(&effects));
        Self { connection, effects, index, auditor, metrics, is_broken: false }
    }

    pub(super) async fn run(mut self, mut jobs: mpsc::Receiver<Queued>, batch: usize) {
        let mut waiting = Vec::with_capacity(batch);
        let index = Arc::clone(&self.index);
        loop {
            tokio::select! {
                taken = jobs.recv_many(&mut waiting, batch) => match taken {
                    0 => return,
                    _ => self.write(&mut waiting).await,
                },
                () = index.unnoted() => self.audit().await,
            }
        }
    }

    /// Runs the units of work that wait, commits, and tells the callers.
    async fn write(&mut self, waiting: &mut Vec<Queued>) {
        let txn = self.begin().await;
        let mut jobs = waiting.drain(..).filter_map(Queued::begin);
        let txn = match txn {
            Ok(txn) => Transaction::of_many(txn),
            Err(error) => {
                self.is_broken = true;
                return jobs.for_each(|job| job.refuse(error.clone()));
            }
        };

        let mut batch = Batch::default();
        let mut outcome = Ok(());
        while outcome.is_ok()
            && let Some(job) = jobs.next()
        {
            outcome = batch.perform(&txn, job).await;
        }
        outcome = match outcome {
            Ok(()) => txn.commit().await,
            Err(error) => txn.roll_back().await.and(Err(error)),
        };
        for effect in batch.effects {
            self.effects.apply(effect);
        }
        match &outcome {
            Ok(()) => {
                self.metrics.writes.inc_by(batch.kept);
                self.metrics.commits.inc();
                self.audit().await;
            }
            Err(error) => {
                tracing::error!(%error, "a batch of writes failed");
                self.is_broken = true;
                jobs.for_each(|job| job.refuse(error.clone()));
            }
        }
        for complete in batch.completions {
            complete(outcome.clone());
        }
    }

    async fn begin(&mut self) -> Result<DatabaseTransaction, DbErr> {
        self.mend().await?;
        // A deferred transaction would not wait for its turn when it first writes.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.connection.begin_with_options(options).await
    }

    /// Replaces the connection if a transaction failed on it. When the disk is full, SQLite
    /// itself ends the transaction. sqlx does not notice, and takes the following statements
    /// for a part of that transaction. From then on, it commits nothing, and reports no error.
    async fn mend(&mut self) -> Result<(), DbErr> {
        if self.is_broken {
            let failed = |error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
            let connection = self.connection.get_sqlite_connection_pool().acquire().await;
            // The pool opens another connection.
            connection.map_err(failed)?.close().await.map_err(failed)?;
            self.auditor.forget();
            self.is_broken = false;
        }
        Ok(())
    }

    async fn audit(&mut self) {
        let audited = match self.mend().await {
            Ok(()) => self.auditor.audit(&self.connection).await,
            Err(error) => Err(error),
        };
        if let Err(error) = audited {
            tracing::warn!(%error, "can't tell whether another process wrote to the database");
            self.auditor.forget();
        }
    }
}

/// The units of work that have run in one transaction.
#[derive(Default)]
struct Batch {
    completions: Vec<Completion>,
    effects: Vec<Effect>,
    kept: u64,
}

impl Batch {
    /// Runs one unit of work. If it fails, only this unit is undone.
    ///
    /// # Errors
    /// When the whole transaction has to be rolled back.
    async fn perform(&mut self, txn: &Transaction, job: Box<dyn Job>) -> Result<(), DbErr> {
        let Done { keep, complete } = job.run(txn.clone()).await;
        self.completions.push(complete);
        if !keep {
            return txn.undo().await;
        }
        self.effects.extend(txn.keep());
        self.kept += 1;
        Ok(())
    }
}
