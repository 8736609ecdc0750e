//! Restoring an account within the grace period of its deletion.

use entity::event::EventType;
use entity::user::Status;

use super::undo::undo_deletion;
use crate::account::session::{
    Credentials, Device, LoggedIn, lock_proved, start, verify_credentials,
};
use crate::account::{AccountError, Context};

/// Undoes the deletion of an account, and starts a session on `device`.
///
/// # Errors
/// Those of [`log_in`](crate::account::session::log_in); [`AccountError::NotDeleted`] if
/// the account is not deleted.
pub async fn restore(
    context: &Context,
    credentials: Credentials,
    device: Device,
) -> Result<LoggedIn, AccountError> {
    let proof = verify_credentials(context, credentials, &device).await?;
    context
        .write(async move |work| {
            let mut user = lock_proved(&work, &proof).await?;
            match user.status {
                Status::Banned => return Err(AccountError::Banned),
                Status::Deleted => {}
                Status::Pending | Status::Active | Status::Invited => {
                    return Err(AccountError::NotDeleted);
                }
            }
            if !undo_deletion(&work, &mut user).await? {
                return Err(AccountError::InvalidCredentials);
            }
            start(&work, user.id, device, EventType::AccountRestored).await
        })
        .await
}
