//! Ending sessions of a user.

use entity::event::EventType;
use uuid::Uuid;

use super::current::CurrentSession;
use crate::account::{AccountError, Context};
use crate::store;

/// Ends one session of the user.
///
/// # Errors
/// [`AccountError::SessionNotFound`] when the user has no such active session,
/// [`AccountError::SessionEnded`].
pub async fn revoke(
    context: &Context,
    current: CurrentSession,
    session_id: Uuid,
) -> Result<(), AccountError> {
    let user_id = current.user_id;
    let is_own = session_id == current.session_id;
    let event = if is_own { EventType::LoggedOut } else { EventType::SessionEnded };
    context
        .write(async move |mut work| {
            work.lock(current).await?;
            work.record(user_id, event, None).await?;
            match store::sessions::delete(&work, user_id, session_id, &work.active()).await? {
                true => Ok(()),
                false => Err(AccountError::SessionNotFound),
            }
        })
        .await
}

/// Ends all sessions of the user except the current one. If there are no others, nothing has
/// happened, and no event is recorded.
///
/// # Errors
/// [`AccountError::SessionEnded`].
pub async fn revoke_others(context: &Context, current: CurrentSession) -> Result<(), AccountError> {
    let CurrentSession { user_id, session_id, .. } = current;
    context
        .write(async move |mut work| {
            let me = work.lock(current).await?;
            if me.active_sessions > 1 {
                work.record(user_id, EventType::OtherSessionsEnded, None).await?;
            }
            Ok(store::sessions::delete_all(&work, user_id, Some(session_id)).await?)
        })
        .await
}
