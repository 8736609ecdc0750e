//! Listing the sessions of a user.

use entity::session;

use super::current::CurrentSession;
use crate::account::{AccountError, Context};
use crate::store;

/// Lists the active sessions of the user, newest first.
///
/// # Errors
/// [`AccountError::SessionEnded`].
pub async fn list(
    context: &Context,
    current: CurrentSession,
) -> Result<Vec<session::Model>, AccountError> {
    let active = context.policy.active(context.clock.now());
    let mut sessions =
        store::sessions::list(context.store.reader(), current.user_id, &active).await?;
    // The session may have ended after the request was authenticated.
    let own = sessions.iter_mut().find(|session| session.id == current.session_id);
    let own = own.ok_or(AccountError::SessionEnded)?;
    // The use by this request may not be written yet.
    own.last_used_at = own.last_used_at.max(current.used_at);
    Ok(sessions)
}
