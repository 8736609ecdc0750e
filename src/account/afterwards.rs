//! Writing what no request waits for: that a session was used, that a log in failed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::event;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::AccountError;
use super::history::write_failure;
use super::session::{CurrentSession, Lifetimes, TOUCH_INTERVAL};
use crate::store::{self, Store};

/// Most notes that wait to be written. More are forgotten.
const QUEUE: usize = 1024;
/// Most notes that are written in one transaction.
const BATCH: usize = 64;

/// Writes in the background, many notes at once.
#[derive(Clone, Debug)]
pub struct Afterwards(mpsc::Sender<Note>);

enum Note {
    Used { session: CurrentSession, at: DateTime<Utc> },
    Failed(event::Model),
    Settle(oneshot::Sender<()>),
}

/// What is written in one transaction.
#[derive(Default)]
struct Batch {
    /// Many requests of one session are one use. In order, so that two nodes never wait
    /// for each other.
    used: BTreeMap<Uuid, (CurrentSession, DateTime<Utc>)>,
    failed: Vec<event::Model>,
}

impl Afterwards {
    /// Starts to write to `store`. Ends once nobody can note anything any more.
    #[must_use]
    pub fn start(store: Store, lifetimes: Lifetimes) -> Self {
        let (notes, queue) = mpsc::channel(QUEUE);
        tokio::spawn(write_all(queue, store, lifetimes));
        Self(notes)
    }

    /// Notes that a session was used. `false`: there is too much to write already.
    pub fn note_use(&self, session: CurrentSession, at: DateTime<Utc>) -> bool {
        self.0.try_send(Note::Used { session, at }).is_ok()
    }

    /// Notes that a log in failed, unless there is too much to write already.
    pub(super) fn note_failure(&self, failure: event::Model) {
        // Who is flooded with guesses learns of enough of them.
        let _ = self.0.try_send(Note::Failed(failure));
    }

    /// Returns when all that was noted before is written.
    pub async fn settle(&self) {
        let (done, settled) = oneshot::channel();
        if self.0.send(Note::Settle(done)).await.is_ok() {
            // An error means that nothing is written any more.
            let _ = settled.await;
        }
    }
}

async fn write_all(mut queue: mpsc::Receiver<Note>, store: Store, lifetimes: Lifetimes) {
    let mut notes = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut notes, BATCH).await > 0 {
        let (mut batch, mut settled) = (Batch::default(), Vec::new());
        for note in notes.drain(..) {
            match note {
                Note::Used { session, at } => {
                    batch.used.insert(session.session_id, (session, at));
                }
                Note::Failed(failure) => batch.failed.push(failure),
                Note::Settle(done) => settled.push(done),
            }
        }
        let is_empty = batch.used.is_empty() && batch.failed.is_empty();
        if !is_empty && let Err(error) = write(&store, lifetimes, batch).await {
            // The next use, the next guess will try again.
            tracing::warn!(%error, "uses of sessions and failed log ins were not written");
        }
        for done in settled {
            // Who asked has gone.
            let _ = done.send(());
        }
    }
}

async fn write(store: &Store, lifetimes: Lifetimes, batch: Batch) -> Result<(), AccountError> {
    let Batch { used, mut failed } = batch;
    store
        .write(move |txn| {
            Box::pin(async move {
                // Users before their sessions, and in order, as everybody else locks them.
                failed.sort_unstable_by_key(|failure| failure.user_id);
                for failure in failed {
                    write_failure(txn, failure).await?;
                }
                for (CurrentSession { user_id, session_id, .. }, at) in used.into_values() {
                    let (alive, before) = (lifetimes.alive(at), at - TOUCH_INTERVAL);
                    store::sessions::touch(txn, user_id, session_id, &alive, before).await?;
                }
                Ok(())
            })
        })
        .await
}
