//! Session activity: uses of sessions and failed logins. They are written in the
//! background, because no request waits for them.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::event;
use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::current::{CurrentSession, TOUCH_INTERVAL};
use crate::account::events::make_room;
use crate::account::policy::Policy;
use crate::store::{self, Store, Transaction};

/// The maximum number of notes that wait to be written. Further notes are dropped.
const QUEUE: usize = 1024;
/// The maximum number of notes that are written in one transaction.
const BATCH: usize = 64;

/// The maximum number of failed logins that are recorded per user within [`FAILURES_WINDOW`], so
/// that guesses can't fill the database.
const FAILURES: usize = 20;
const FAILURES_WINDOW: Duration = Duration::from_secs(60 * 60);

/// Writes session activity in the background, many notes at once.
#[derive(Clone, Debug)]
pub struct SessionActivity(mpsc::Sender<Note>);

enum Note {
    Used { session: CurrentSession, at: DateTime<Utc> },
    Failed(event::Model),
    Settle(oneshot::Sender<()>),
}

/// The notes that are written in one transaction.
#[derive(Default)]
struct Batch {
    /// Several requests of one session count as one use. The map is sorted, so that two nodes never
    /// deadlock.
    used: BTreeMap<Uuid, (CurrentSession, DateTime<Utc>)>,
    failed: Vec<event::Model>,
}

impl SessionActivity {
    /// Starts the task that writes to `store`. It ends when every clone of this value is
    /// dropped.
    #[must_use]
    pub fn start(store: Store, policy: Policy) -> Self {
        let (notes, queue) = mpsc::channel(QUEUE);
        tokio::spawn(write_all(queue, store, policy));
        Self(notes)
    }

    /// Notes that a session was used. Returns `false` if too many notes wait already.
    pub fn note_use(&self, session: CurrentSession, at: DateTime<Utc>) -> bool {
        self.0.try_send(Note::Used { session, at }).is_ok()
    }

    /// Notes that a login failed, unless too many notes wait already.
    pub(super) fn note_failure(&self, failure: event::Model) {
        // An error means that the note is dropped. During a flood of guesses, enough other failures
        // are recorded.
        let _ = self.0.try_send(Note::Failed(failure));
    }

    /// Returns when all earlier notes are written.
    pub async fn settle(&self) {
        let (done, settled) = oneshot::channel();
        if self.0.send(Note::Settle(done)).await.is_ok() {
            // An error means that the writing task has ended.
            let _ = settled.await;
        }
    }
}

async fn write_all(mut queue: mpsc::Receiver<Note>, store: Store, policy: Policy) {
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
        if !is_empty && let Err(error) = write(&store, policy, batch).await {
            // These notes are lost. The next use and the next failed login are noted again.
            tracing::warn!(%error, "uses of sessions and failed logins were not written");
        }
        for done in settled {
            // An error means that the caller does not wait any more.
            let _ = done.send(());
        }
    }
}

async fn write(store: &Store, policy: Policy, batch: Batch) -> Result<(), DbErr> {
    let Batch { used, mut failed } = batch;
    store
        .write(async move |txn| {
            // Lock users before their sessions, and in order, as every unit of work does.
            failed.sort_unstable_by_key(|failure| failure.user_id);
            for failure in failed {
                write_failure(&txn, failure).await?;
            }
            for (CurrentSession { user_id, session_id, .. }, at) in used.into_values() {
                let (active, before) = (policy.active(at), at - TOUCH_INTERVAL);
                store::sessions::touch(&txn, user_id, session_id, &active, before).await?;
            }
            Ok(())
        })
        .await
}

/// Records a failed login, unless [`FAILURES`] of them were recorded recently, or the user
/// is erased.
async fn write_failure(txn: &Transaction, failure: event::Model) -> Result<(), DbErr> {
    let event::Model { user_id, kind, created_at, .. } = failure;
    let latest = store::events::latest(txn, user_id, kind, FAILURES as u64).await?;
    let first = latest.get(FAILURES - 1);
    let is_flood = first.is_some_and(|(_, first)| *first > created_at - FAILURES_WINDOW);
    if !is_flood && store::users::find(txn, user_id).await?.is_some() {
        make_room(txn, user_id, kind, created_at).await?;
        store::events::insert(txn, failure).await?;
    }
    Ok(())
}
