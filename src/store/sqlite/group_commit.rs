//! Group commit: on SQLite one task writes. It takes what waits, does each unit
//! of work within a savepoint, commits once, and only then answers. All share one
//! sync of the disk, and what fails undoes itself alone.

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

/// Most units of work that wait at once. Who finds the queue full is refused.
const QUEUE: usize = 1024;

/// Hands work to the task that writes.
#[derive(Clone, Debug)]
pub(in crate::store) struct GroupCommit {
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
