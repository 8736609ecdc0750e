//! The sessions of any user.

use entity::event::Kind as Event;
use entity::session;
use uuid::Uuid;

use super::super::history::History;
use super::{Administration, AdministrationError, count, lock};
use crate::store;

/// The user's living sessions, newest first.
///
/// # Errors
/// Only faults of the service.
pub async fn list_sessions(
    admin: &Administration,
    user_id: Uuid,
) -> Result<Vec<session::Model>, AdministrationError> {
    Ok(store::sessions::list(admin.store.reader(), user_id, &admin.alive()).await?)
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
    let alive = admin.alive();
    let history = History::new(&admin.random, alive.now);
    admin
        .store
        .write(move |txn| {
            Box::pin(async move {
                lock(txn, user_id, &alive).await?;
                history.of(txn, user_id, Event::SessionEnded, None).await?;
                match store::sessions::delete(txn, user_id, session_id, &alive).await? {
                    true => Ok(()),
                    false => Err(AdministrationError::NoSession { user_id, session_id }),
                }
            })
        })
        .await
}

/// Ends all sessions of the user. Returns how many there were.
///
/// # Errors
/// [`AdministrationError::NoUser`].
pub async fn end_sessions(
    admin: &Administration,
    user_id: Uuid,
) -> Result<usize, AdministrationError> {
    let alive = admin.alive();
    let history = History::new(&admin.random, alive.now);
    admin
        .store
        .write(move |txn| {
            Box::pin(async move {
                let profile = lock(txn, user_id, &alive).await?;
                store::sessions::delete_all(txn, user_id, None).await?;
                history.of(txn, user_id, Event::OtherSessionsEnded, None).await?;
                Ok(count(profile.active_sessions))
            })
        })
        .await
}
