//! Deleting old events.

use std::time::Duration;

use entity::event;

use crate::account::{AccountError, Context};
use crate::store::expiry;

/// The longest window of a rate limit that counts events. Events are kept for at least this
/// long.
const LONGEST_WINDOW: Duration = Duration::from_secs(60 * 60);

/// Deletes all events that are older than the retention time.
///
/// # Errors
/// Only faults of the service.
pub async fn delete_old_events(context: &Context) -> Result<(), AccountError> {
    let until = context.clock.now() - context.policy.event_retention.max(LONGEST_WINDOW);
    Ok(expiry::delete_until::<event::Entity>(&context.store, until).await?)
}
