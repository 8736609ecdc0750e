//! A unit of work in the queue, and the caller that waits for its outcome.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt as _;
use sea_orm::DbErr;
use tokio::sync::oneshot;
use tracing::{Instrument as _, Span};

use crate::store::transaction::Transaction;

/// A unit of work in the queue.
pub(super) struct Queued {
    pub(super) job: Box<dyn Job>,
    /// Set by the writer when it begins the work, or by the caller when it stops waiting. The
    /// first of them decides.
    pub(super) begun: Arc<AtomicBool>,
}

impl Queued {
    /// The work, if the caller still waits for it.
    pub(super) fn begin(self) -> Option<Box<dyn Job>> {
        let wanted = self.job.is_wanted() && !self.begun.swap(true, Ordering::SeqCst);
        wanted.then_some(self.job)
    }
}

pub(super) trait Job: Send {
    /// Runs the work.
    fn run(self: Box<Self>, txn: Transaction) -> Running;

    /// Whether the caller still waits for the outcome.
    fn is_wanted(&self) -> bool;

    /// Tells the caller that the work could not begin.
    fn refuse(self: Box<Self>, error: DbErr);
}

pub(super) type Running = Pin<Box<dyn Future<Output = Done> + Send>>;

/// A unit of work that has run.
pub(super) struct Done {
    /// Whether to keep its changes.
    pub(super) keep: bool,
    pub(super) complete: Completion,
}

/// Tells the caller the outcome, once it is known whether the commit succeeded.
pub(super) type Completion = Box<dyn FnOnce(Result<(), DbErr>) + Send>;

/// A unit of work, and the channel for its outcome.
pub(super) struct Unit<T, E, F> {
    pub(super) work: F,
    pub(super) outcome: oneshot::Sender<Result<Result<T, E>, Panic>>,
    /// The span of the request, so that log lines of the work carry the request's id.
    pub(super) span: Span,
}

pub(super) type Panic = Box<dyn Any + Send>;

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
                // If the caller has stopped waiting, the work is done all the same.
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
