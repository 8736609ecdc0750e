//! Banning users, and ending a ban.

use entity::event::EventType;
use entity::user::Status;
use uuid::Uuid;

use super::outcome::{Outcome, count, lock};
use super::{Administration, AdministrationError};
use crate::store;

/// Bans the user: all their sessions end, and no new one can start.
///
/// # Errors
/// [`AdministrationError::Deleted`], [`AdministrationError::NoUser`].
pub async fn ban(admin: &Administration, user_id: Uuid) -> Result<Outcome, AdministrationError> {
    admin
        .write(async move |work| {
            let mut profile = lock(&work, user_id).await?;
            let changed = match profile.user.status {
                Status::Deleted => return Err(AdministrationError::Deleted(user_id)),
                Status::Banned => false,
                Status::Pending | Status::Active | Status::Invited => true,
            };
            if changed {
                work.save(&mut profile.user, |user| user.status = Status::Banned).await?;
                work.record(user_id, EventType::AccountBanned, None).await?;
            }
            // Another program may have banned the user without ending their sessions. Delete the
            // sessions in that case too, so that they don't work again when the ban ends.
            store::sessions::delete_all(&work, user_id, None).await?;
            let ended = count(std::mem::take(&mut profile.active_sessions));
            Ok(Outcome { profile, ended, changed })
        })
        .await
}

/// Ends the ban of the user.
///
/// # Errors
/// [`AdministrationError::NoUser`].
pub async fn unban(admin: &Administration, user_id: Uuid) -> Result<Outcome, AdministrationError> {
    admin
        .write(async move |work| {
            let mut profile = lock(&work, user_id).await?;
            let changed = profile.user.status == Status::Banned;
            if changed {
                let status = work.earned_status(user_id).await?;
                work.save(&mut profile.user, |user| user.status = status).await?;
                work.record(user_id, EventType::AccountUnbanned, None).await?;
            }
            Ok(Outcome { profile, ended: 0, changed })
        })
        .await
}
