//! Listing the events of an account.

use entity::event;
use uuid::Uuid;

use crate::account::{AccountError, Context, CurrentSession};
use crate::store;

/// A page of the user's events, newest first.
pub struct Page {
    /// The events.
    pub events: Vec<event::Model>,
    /// The id of the last event of this page, if there is a next page. The next page begins
    /// after it.
    pub next: Option<Uuid>,
}

/// Lists at most `max` of the user's events, newest first. With `after`, the list begins
/// after the event with this id.
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
    // Read one more event, to know whether there is a next page.
    let reader = context.store.reader();
    let mut events = store::events::list(reader, session.user_id, since, after, max + 1).await?;
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let is_last = events.len() <= max;
    events.truncate(max);
    let next = events.last().map(|event| event.id).filter(|_| !is_last);
    Ok(Page { events, next })
}
