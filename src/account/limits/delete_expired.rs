//! Deleting requests that no longer count.

use entity::rate_limit;

use crate::account::{AccountError, Context};
use crate::store::expiry;

/// Deletes the requests that no longer count.
///
/// # Errors
/// Only faults of the service.
pub async fn delete_expired(context: &Context) -> Result<(), AccountError> {
    let now = context.clock.now();
    Ok(expiry::delete_until::<rate_limit::Entity>(&context.store, now).await?)
}
