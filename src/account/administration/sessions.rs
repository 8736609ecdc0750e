//! Listing and ending the sessions of any user.

use entity::event::EventType;
use entity::session;
use uuid::Uuid;

use super::outcome::{count, lock};
use super::{Administration, AdministrationError};
use crate::store;

/// Lists the active sessions of the user, newest first.
///
/// # Errors
/// Only faults of the service.
pub async fn list_sessions(
    admin: &Administration,
    user_id: Uuid,
) -> Result<Vec<session::Model>, AdministrationError> {
    let active = admin.policy.active(admin.clock.now());
    Ok(store::sessions::list(admin.store.reader(), user_id, &active).await?)
}

/// Ends one session of the user.
///
/// # Errors
/// [`AdministrationError::NoSession`], [`AdministrationError::NoUser`].
pub async fn end_session(
    admin: &Administration,
    user_id: Uuid,
    session_id: Uuid,
) -> Result<(), AdministrationError> {
    admin
        .write(async move |work| {
            lock(&work, user_id).await?;
            work.record(user_id, EventType::SessionEnded, None).await?;
            match store::sessions::delete(&work, user_id, session_id, &work.active()).await? {
                true => Ok(()),
                false => Err(AdministrationError::NoSession { user_id, session_id }),
            }
        })
        .await
}

/// Ends all sessions of the user. Returns the number of sessions that ended.
///
/// # Errors
/// [`AdministrationError::NoUser`].
pub async fn end_sessions(
    admin: &Administration,
    user_id: Uuid,
) -> Result<usize, AdministrationError> {
    admin
        .write(async move |work| {
            let profile = lock(&work, user_id).await?;
            store::sessions::delete_all(&work, user_id, None).await?;
            if profile.active_sessions > 0 {
                work.record(user_id, EventType::OtherSessionsEnded, None).await?;
            }
            Ok(count(profile.active_sessions))
        })
        .await
}
