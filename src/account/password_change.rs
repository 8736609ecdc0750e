//! Changing one's password.

use super::password::{NewPassword, Password};
use super::session::{self, CurrentSession};
use super::{AccountError, Context};
use crate::store;

/// Replaces the user's password and ends all their other sessions.
///
/// # Errors
/// [`AccountError::WrongPassword`], [`AccountError::SessionEnded`],
/// [`AccountError::Busy`].
pub async fn change_password(
    context: &Context,
    current: CurrentSession,
    old: Password,
    new: NewPassword,
) -> Result<(), AccountError> {
    let CurrentSession { user_id, session_id, .. } = current;

    // Check the old one and hash the new one before anything is locked.
    let hash = store::passwords::find(context.store.reader(), user_id).await?;
    if !context.hasher.verify(old, hash.clone()).await? {
        return Err(AccountError::WrongPassword);
    }
    let new_hash = context.hasher.hash(new, &*context.random).await?;

    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                session::lock(txn, current, &alive).await?;
                // Of two changes at once, one proved a password that is no more.
                if store::passwords::find(txn.read().await?, user_id).await? != hash {
                    return Err(AccountError::WrongPassword);
                }
                store::passwords::set(txn, user_id, new_hash, now).await?;
                Ok(store::sessions::delete_all(txn, user_id, Some(session_id)).await?)
            })
        })
        .await
}
