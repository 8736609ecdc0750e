//! The task that writes.

use std::sync::Arc;

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};
use tokio::sync::mpsc;

use super::job::{Completion, Done, Job, Queued};
use super::wal_index::{Auditor, WalIndex};
use crate::metrics::Metrics;
use crate::store::effect::{Effect, Effects};
use crate::store::transaction::Transaction;

/// The only writer of the database in this process.
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

    /// Does what waits, commits, and tells the callers.
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
        // A deferred transaction that turns to writing does not wait for its turn.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.connection.begin_with_options(options).await
    }

    /// Replaces a connection on which a transaction failed. SQLite itself ends one that
    /// finds the disk full. sqlx does not know, takes what comes next for a part of it,
    /// and from then on commits nothing, without an error.
    async fn mend(&mut self) -> Result<(), DbErr> {
        if self.is_broken {
            let failed = |error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
            let connection = self.connection.get_sqlite_connection_pool().acquire().await;
            // The pool opens another.
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
            tracing::warn!(%error, "can't tell whether others wrote to the database");
            self.auditor.forget();
        }
    }
}

/// What one transaction has done.
#[derive(Default)]
struct Batch {
    completions: Vec<Completion>,
    effects: Vec<Effect>,
    kept: u64,
}

impl Batch {
    /// Does one unit of work, and undoes it, and nothing else, if it fails.
    ///
    /// # Errors
    /// When the whole transaction can't go on.
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
