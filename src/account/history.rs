//! What happened to accounts: written in the transaction of what it tells, and read.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::event::{self, Kind};
use uuid::Uuid;

use super::session::{CurrentSession, Device};
use super::{AccountError, Context};
use crate::random::Random;
use crate::store::{self, Transaction};

/// Most log ins that fail are noted of a user within [`FAILURES_WINDOW`]: who guesses
/// passwords must not fill the database.
const FAILURES: usize = 20;
const FAILURES_WINDOW: Duration = Duration::from_secs(60 * 60);

/// Most events that are forgotten in one transaction.
const BATCH: u64 = 500;

/// Writes what happens at one moment.
#[derive(Clone)]
pub(super) struct History {
    random: Arc<dyn Random>,
    now: DateTime<Utc>,
}

impl History {
    pub(super) fn new(random: &Arc<dyn Random>, now: DateTime<Utc>) -> Self {
        Self { random: Arc::clone(random), now }
    }

    /// What a session did. It has to be there still.
    pub(super) async fn by(
        &self,
        txn: &Transaction,
        current: CurrentSession,
        kind: Kind,
        subject: Option<&str>,
    ) -> Result<(), AccountError> {
        let event = self.event(current.user_id, kind, subject, Device::default());
        Ok(store::events::insert_by(txn, event, current.session_id).await?)
    }

    /// What was done from a device, through no session.
    pub(super) async fn from(
        &self,
        txn: &Transaction,
        device: Device,
        user_id: Uuid,
        kind: Kind,
        subject: Option<&str>,
    ) -> Result<(), AccountError> {
        Ok(store::events::insert(txn, self.event(user_id, kind, subject, device)).await?)
    }

    /// What the service did by itself, or whoever runs it.
    pub(super) async fn of(
        &self,
        txn: &Transaction,
        user_id: Uuid,
        kind: Kind,
        subject: Option<&str>,
    ) -> Result<(), AccountError> {
        self.from(txn, Device::default(), user_id, kind, subject).await
    }

    /// An event that is yet to be written.
    pub(super) fn event(
        &self,
        user_id: Uuid,
        kind: Kind,
        subject: Option<&str>,
        device: Device,
    ) -> event::Model {
        let Device { user_agent, ip_address } = device;
        event::Model {
            id: self.random.uuid(self.now),
            user_id,
            kind,
            subject: subject.map(ToOwned::to_owned),
            ip_address: ip_address.map(|address| address.to_string()),
            user_agent,
            created_at: self.now,
        }
    }
}

/// Writes that a log in failed, unless that was written often enough lately, or there is
/// no such user any more.
pub(super) async fn write_failure(
    txn: &Transaction,
    failure: event::Model,
) -> Result<(), AccountError> {
    let event::Model { user_id, kind, created_at, .. } = failure;
    let latest = store::events::latest(txn.read().await?, user_id, kind, FAILURES as u64).await?;
    let first = latest.get(FAILURES - 1);
    let is_flood = first.is_some_and(|first| *first > created_at - FAILURES_WINDOW);
    if !is_flood && store::users::find(txn.read().await?, user_id).await?.is_some() {
        store::events::insert(txn, failure).await?;
    }
    Ok(())
}

/// Some of the user's events, newest first.
pub struct Page {
    /// The events.
    pub events: Vec<event::Model>,
    /// Where the next page begins, if there is one: after the event with this id.
    pub next: Option<Uuid>,
}

/// At most `most` of the user's events, newest first; with `after`, those that follow
/// the event with this id, which are older.
///
/// # Errors
/// Only faults of the service.
pub async fn list(
    context: &Context,
    current: CurrentSession,
    after: Option<Uuid>,
    most: u64,
) -> Result<Page, AccountError> {
    let since = context.clock.now() - context.event_retention;
    // One more tells whether there are more.
    let reader = context.store.reader();
    let mut events = store::events::list(reader, current.user_id, since, after, most + 1).await?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let is_last = events.len() <= most;
    events.truncate(most);
    let next = events.last().map(|event| event.id).filter(|_| !is_last);
    Ok(Page { events, next })
}

/// What counts against a limit is kept at least for so long, shown or not.
const LONGEST_LIMIT: Duration = Duration::from_secs(60 * 60);

/// Forgets all events that are older than they are kept.
///
/// # Errors
/// Only faults of the service.
pub async fn forget_old(context: &Context) -> Result<(), AccountError> {
    let until = context.clock.now() - context.event_retention.max(LONGEST_LIMIT);
    // Only reads while there is nothing to do.
    while store::events::has_old(context.store.reader(), until).await? {
        context
            .store
            .write(move |txn| {
                Box::pin(async move {
                    Ok::<_, AccountError>(store::events::forget(txn, until, BATCH).await?)
                })
            })
            .await?;
    }
    Ok(())
}
