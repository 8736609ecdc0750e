//! Group commit: on SQLite one task writes. It takes what waits, does each unit
//! of work within a savepoint, commits once, and only then answers. All share one
//! sync of the disk, and what fails undoes itself alone.

use std::any::Any;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use sea_orm::error::{ConnAcquireErr, RuntimeErr};
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tracing::{Instrument as _, Span};

use super::changes::{Changes, Effect};
use super::spin::block_on;
use super::transaction::Transaction;
use super::wal_index::{Auditor, WalIndex};
use crate::metrics::Metrics;

/// Most units of work that wait at once. Who finds the queue full is refused.
const QUEUE: usize = 1024;

/// Hands work to the task that writes.
#[derive(Clone, Debug)]
pub(super) struct GroupCommit {
    queue: mpsc::Sender<Queued>,
    patience: Duration,
}

impl GroupCommit {
    /// Starts the task, which ends once nobody can hand it work any more. At most
    /// `batch` units of work share a commit. Work that waits for its turn longer
    /// than `patience` is refused.
    ///
    /// It has a thread of its own: everybody waits for it, so it should not wait for
    /// its turn among them.
    pub(super) fn start(
        writer: Writer,
        batch: NonZero<usize>,
        patience: Duration,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let runtime = Handle::current();
        std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            let _entered = runtime.enter();
            block_on(writer.run(jobs, batch.get()));
        })?;
        Ok(Self { queue, patience })
    }

    /// See [`super::Store::write`].
    pub(super) async fn write<T, E, F, W>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(Transaction) -> W + Send + 'static,
        W: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<DbErr> + Send + 'static,
    {
        let (outcome, mut finished) = oneshot::channel();
        let begun = Arc::new(AtomicBool::new(false));
        let job = Box::new(Unit { work, outcome, span: Span::current() });
        let queued = Queued { job, begun: Arc::clone(&begun) };
        self.queue.try_send(queued).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => no_turn(),
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        let finished = match timeout(self.patience, &mut finished).await {
            Ok(finished) => finished,
            // Too late to withdraw it: only its outcome tells what became of it.
            Err(_) if begun.swap(true, Ordering::SeqCst) => finished.await,
            Err(_) => return Err(no_turn().into()),
        };
        match finished {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(stopped().into()),
        }
    }
}

/// The same as when no connection becomes free: a matter of load.
fn no_turn() -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)
}

fn stopped() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the task that writes has ended".to_owned()))
}

/// A unit of work in the queue.
struct Queued {
    job: Box<dyn Job>,
    /// Set by the first to decide: the writer, which begins the work, or the caller, who
    /// stops waiting for it.
    begun: Arc<AtomicBool>,
}

impl Queued {
    /// The work, if somebody still waits for it.
    fn begin(self) -> Option<Box<dyn Job>> {
        let wanted = self.job.is_wanted() && !self.begun.swap(true, Ordering::SeqCst);
        wanted.then_some(self.job)
    }
}

trait Job: Send {
    /// Runs the work.
    fn run(self: Box<Self>, txn: Transaction) -> Running;

    /// Whether somebody waits for the outcome.
    fn is_wanted(&self) -> bool;

    /// Tells the caller that it could not be begun.
    fn refuse(self: Box<Self>, error: DbErr);
}

type Running = Pin<Box<dyn Future<Output = Done> + Send>>;

/// Work that was done.
struct Done {
    /// Whether it is to be kept.
    keep: bool,
    complete: Completion,
}

/// Tells the caller the outcome, once it is known whether the commit succeeded.
type Completion = Box<dyn FnOnce(Result<(), DbErr>) + Send>;

/// A unit of work, and where its outcome goes.
struct Unit<T, E, F> {
    work: F,
    outcome: oneshot::Sender<Result<Result<T, E>, Panic>>,
    /// The request's, so that what is logged meanwhile bears its id.
    span: Span,
}

type Panic = Box<dyn Any + Send>;

impl<T, E, F, W> Job for Unit<T, E, F>
where
    F: FnOnce(Transaction) -> W + Send + 'static,
    W: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<DbErr> + Send + 'static,
{
    fn run(self: Box<Self>, txn: Transaction) -> Running {
        let Self { work, outcome, span } = *self;
        let running = AssertUnwindSafe(async move { work(txn).await }).catch_unwind();
        let done = running.map(|result| Done {
            keep: matches!(result, Ok(Ok(_))),
            complete: Box::new(move |committed| {
                let result = match (result, committed) {
                    (Ok(Ok(_)), Err(error)) => Ok(Err(error.into())),
                    (result, _) => result,
                };
                // Nobody waits any more: it is done all the same.
                let _ = outcome.send(result);
            }),
        });
        Box::pin(done.instrument(span))
    }

    fn is_wanted(&self) -> bool {
        !self.outcome.is_closed()
    }

    fn refuse(self: Box<Self>, error: DbErr) {
        let _ = self.outcome.send(Ok(Err(error.into())));
    }
}

/// The only one who writes.
pub(super) struct Writer {
    connection: DatabaseConnection,
    changes: Arc<Changes>,
    index: Arc<WalIndex>,
    auditor: Auditor,
    metrics: Metrics,
    /// Whether the connection has to be replaced before it is used again.
    is_broken: bool,
}

impl Writer {
    pub(super) fn new(
        connection: DatabaseConnection,
        changes: Arc<Changes>,
        index: Arc<WalIndex>,
        metrics: Metrics,
    ) -> Self {
        let auditor = Auditor::new(Arc::clone(&index), Arc::clone(&changes));
        Self { connection, changes, index, auditor, metrics, is_broken: false }
    }

    async fn run(mut self, mut jobs: mpsc::Receiver<Queued>, batch: usize) {
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
            self.changes.note(effect);
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
