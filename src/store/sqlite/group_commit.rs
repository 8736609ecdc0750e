//! Group commit: on SQLite, one task writes for all requests.
//!
//! The task takes the units of work that wait, runs each one within a savepoint, commits once, and
//! only then tells the callers. All of them share one sync of the disk. When a unit of work fails,
//! only its own changes are undone.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::DbErr;
use sea_orm::error::{ConnAcquireErr, RuntimeErr};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tracing::Span;

use super::block_on::block_on;
use super::job::{Queued, Unit};
use super::writer::Writer;
use crate::store::transaction::Transaction;

/// The maximum number of units of work that wait at once. When the queue is full, a new one is
/// refused.
const QUEUE: usize = 1024;

/// Hands units of work to the task that writes.
#[derive(Clone, Debug)]
pub(in crate::store) struct GroupCommit {
    queue: mpsc::Sender<Queued>,
    patience: Duration,
}

impl GroupCommit {
    /// Starts the task. It ends when every handle on it is dropped. Up to `batch` units of
    /// work share a commit. A unit of work that waits longer than `patience` is refused.
    ///
    /// The task has a thread of its own. Requests wait for it, so it should not compete with
    /// them for a thread.
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

    /// See [`crate::store::Store::write`].
    pub(in crate::store) async fn write<T, E, F, W>(&self, work: F) -> Result<T, E>
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
            // The work has begun and can't be withdrawn. The caller waits for its outcome.
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

/// The same error as when no connection becomes free in time.
fn no_turn() -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)
}

fn stopped() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the task that writes has ended".to_owned()))
}
