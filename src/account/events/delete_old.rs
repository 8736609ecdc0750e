//! Deleting old events.

use std::time::Duration;

use crate::account::{AccountError, Context};
use crate::store;

/// The maximum number of events that are deleted in one transaction.
const BATCH: u64 = 500;

/// The longest window of a rate limit that counts events. Events are kept for at least this
/// long.
const LONGEST_WINDOW: Duration = Duration::from_secs(60 * 60);

/// Deletes all events that are older than the retention time.
///
/// # Errors
/// Only faults of the service.
pub async fn delete_old_events(context: &Context) -> Result<(), AccountError> {
    let until = context.clock.now() - context.policy.event_retention.max(LONGEST_WINDOW);
    // While there is nothing to delete, this only reads.
    while store::events::has_old(context.store.reader(), until).await? {
        let delete = async move |txn| store::events::delete_old(&txn, until, BATCH).await;
        context.store.write(delete).await?;
    }
    Ok(())
}
