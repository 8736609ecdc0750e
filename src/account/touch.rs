//! Noting that a session was used, without making the request wait for it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::AccountError;
use super::session::{CurrentSession, Lifetimes, TOUCH_INTERVAL};
use crate::store::{self, Store};

/// Most uses that wait to be written. More are forgotten, until the next use.
const QUEUE: usize = 1024;
/// Most uses that are written in one transaction.
const BATCH: usize = 64;

/// Writes when sessions were last used, many at once, in the background.
#[derive(Clone, Debug)]
pub struct Touches(mpsc::Sender<Note>);

enum Note {
    Used { session: CurrentSession, at: DateTime<Utc> },
    Settle(oneshot::Sender<()>),
}

impl Touches {
    /// Starts to write to `store`. Ends once nobody can note anything any more.
    #[must_use]
    pub fn start(store: Store, lifetimes: Lifetimes) -> Self {
        let (notes, queue) = mpsc::channel(QUEUE);
        tokio::spawn(write_all(queue, store, lifetimes));
        Self(notes)
    }

    /// Notes that a session was used. `false`: there is too much to write already.
    pub fn note(&self, session: CurrentSession, at: DateTime<Utc>) -> bool {
        self.0.try_send(Note::Used { session, at }).is_ok()
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
        // Many requests of one session are one use. In order, so that two nodes never
        // wait for each other.
        let mut used: BTreeMap<Uuid, (CurrentSession, DateTime<Utc>)> = BTreeMap::new();
        let mut settled = Vec::new();
        for note in notes.drain(..) {
            match note {
                Note::Used { session, at } => {
                    used.insert(session.session_id, (session, at));
                }
                Note::Settle(done) => settled.push(done),
            }
        }
        if !used.is_empty()
            && let Err(error) = write(&store, lifetimes, used.into_values().collect()).await
        {
            // The next use will try again.
            tracing::warn!(%error, "the last use of sessions was not written");
        }
        for done in settled {
            // Who asked has gone.
            let _ = done.send(());
        }
    }
}

async fn write(
    store: &Store,
    lifetimes: Lifetimes,
    used: Vec<(CurrentSession, DateTime<Utc>)>,
) -> Result<(), AccountError> {
    store
        .write(move |txn| {
            Box::pin(async move {
                for (CurrentSession { user_id, session_id, .. }, at) in used {
                    let (alive, before) = (lifetimes.alive(at), at - TOUCH_INTERVAL);
                    store::sessions::touch(txn, user_id, session_id, &alive, before).await?;
                }
                Ok(())
            })
        })
        .await
}
