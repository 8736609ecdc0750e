//! Deleting users.

use entity::user::Status;
use uuid::Uuid;

use super::outcome::{Outcome, count, lock};
use super::{Administration, AdministrationError};
use crate::account::leaving::schedule_erasure;

/// Deletes the user, as if they deleted their account themselves. A banned user can't be
/// deleted.
///
/// # Errors
/// [`AdministrationError::Banned`], [`AdministrationError::NoUser`].
pub async fn delete(admin: &Administration, user_id: Uuid) -> Result<Outcome, AdministrationError> {
    admin
        .write(async move |work| {
            let mut before = lock(&work, user_id).await?;
            let changed = match before.user.status {
                Status::Banned => return Err(AdministrationError::Banned(user_id)),
                Status::Deleted => false,
                Status::Pending | Status::Active | Status::Invited => true,
            };
            if changed {
                schedule_erasure(&work, &mut before.user).await?;
            }
            let profile = lock(&work, user_id).await?;
            let ended = count(before.active_sessions - profile.active_sessions);
            Ok(Outcome { profile, ended, changed })
        })
        .await
}
