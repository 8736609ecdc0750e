//! Proving once more that it is still the same person.

use super::password::Password;
use super::session::{self, CurrentSession};
use super::{AccountError, Context};
use crate::store;

/// Notes that the session has proved the password now. For a while it may do what
/// could take the account over.
///
/// # Errors
/// [`AccountError::WrongPassword`], [`AccountError::SessionEnded`],
/// [`AccountError::Busy`].
pub async fn reauthenticate(
    context: &Context,
    current: CurrentSession,
    password: Password,
) -> Result<(), AccountError> {
    let CurrentSession { user_id, session_id, .. } = current;
    let hash = store::passwords::find(context.store.reader(), user_id).await?;
    if !context.hasher.verify(password, hash.clone()).await? {
        return Err(AccountError::WrongPassword);
    }
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                session::lock(txn, current, &alive).await?;
                // The password may have changed while it was checked.
                if store::passwords::find(txn.read().await?, user_id).await? != hash {
                    return Err(AccountError::WrongPassword);
                }
                Ok(store::sessions::authenticate(txn, user_id, session_id, now).await?)
            })
        })
        .await
}
