//! Undoing a deletion within its grace period.

use chrono::{DateTime, Utc};
use entity::outbox::MessageKind;
use entity::user;
use uuid::Uuid;

use crate::account::{AccountError, Work};
use crate::store;

/// Until when a deleted user can restore the account. `None` means that it is too late.
pub(in crate::account) async fn restorable_until(
    work: &Work,
    user_id: Uuid,
) -> Result<Option<DateTime<Utc>>, AccountError> {
    let erasure = store::erasures::find_of(work, user_id).await?;
    let until = erasure.filter(|erasure| erasure.attempts == 0).map(|erasure| erasure.erase_at);
    Ok(until.filter(|until| work.now < *until))
}

/// Undoes the deletion of a locked user, and notifies them. It does not restore their
/// sessions. Returns `false` if it is too late.
pub(in crate::account) async fn undo_deletion(
    work: &Work,
    user: &mut user::Model,
) -> Result<bool, AccountError> {
    let in_time = restorable_until(work, user.id).await?.is_some();
    if !in_time || !store::erasures::cancel(work, user.id).await? {
        return Ok(false);
    }
    let status = work.earned_status(user.id).await?;
    work.save(user, |user| user.status = status).await?;
    work.notify(user.id, MessageKind::AccountRestored, None).await?;
    Ok(true)
}
