//! Listing the sessions of a user.

use entity::session;

use super::current::CurrentSession;
use crate::account::{AccountError, Context};
use crate::store;

/// The user's living sessions, newest first.
///
/// # Errors
/// [`AccountError::SessionEnded`].
pub async fn list(
    context: &Context,
    current: CurrentSession,
) -> Result<Vec<session::Model>, AccountError> {
    let alive = context.policy.alive(context.clock.now());
    let mut sessions =
        store::sessions::list(context.store.reader(), current.user_id, &alive).await?;
    // It may have ended after it let the request in.
    let own = sessions.iter_mut().find(|session| session.id == current.session_id);
    let own = own.ok_or(AccountError::SessionEnded)?;
    // That it is used right now may not be written yet.
    own.last_used_at = own.last_used_at.max(current.used_at);
    Ok(sessions)
}
