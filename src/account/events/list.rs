//! Listing the events of an account.

use entity::event;
use uuid::Uuid;

use crate::account::session::CurrentSession;
use crate::account::{AccountError, Context};
use crate::store;

/// Some of the user's events, newest first.
pub struct Page {
    /// The events.
    pub events: Vec<event::Model>,
    /// Where the next page begins, if there is one: after the event with this id.
    pub next: Option<Uuid>,
}

/// At most `max` of the user's events, newest first; with `after`, the older events that
/// follow the event with this id.
///
/// # Errors
/// Only faults of the service.
pub async fn list(
    context: &Context,
    session: CurrentSession,
    after: Option<Uuid>,
    max: u64,
) -> Result<Page, AccountError> {
    let since = context.clock.now() - context.policy.event_retention;
    // One more tells whether there are more.
    let reader = context.store.reader();
    let mut events = store::events::list(reader, session.user_id, since, after, max + 1).await?;
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let is_last = events.len() <= max;
    events.truncate(max);
    let next = events.last().map(|event| event.id).filter(|_| !is_last);
    Ok(Page { events, next })
}
