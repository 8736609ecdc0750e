//! Where an account stands, as whoever runs the service decides.

use std::time::Duration;

use entity::event::Kind as Event;
use entity::user::Status;
use uuid::Uuid;

use super::super::deletion::Closing;
use super::super::history::History;
use super::super::status::earned;
use super::{Administration, AdministrationError, count, lock};
use crate::store::{self, Profile};

/// What became of a user.
#[derive(Debug)]
pub struct Outcome {
    /// The user, as they are now.
    pub profile: Profile,
    /// How many of their sessions ended.
    pub ended: usize,
    /// Whether there was anything to change.
    pub changed: bool,
}

/// Locks the user out: no session of theirs works any more, and none begins.
///
/// # Errors
/// [`AdministrationError::Deleted`], [`AdministrationError::NoUser`].
pub async fn ban(admin: &Administration, user_id: Uuid) -> Result<Outcome, AdministrationError> {
    let (now, alive) = (admin.clock.now(), admin.alive());
    let history = History::new(&admin.random, now);
    admin
        .store
        .write(move |txn| {
            Box::pin(async move {
                let mut profile = lock(txn, user_id, &alive).await?;
                let changed = match profile.user.status {
                    Status::Deleted => return Err(AdministrationError::Deleted(user_id)),
                    Status::Banned => false,
                    Status::Pending | Status::Active | Status::Invited => true,
                };
                if changed {
                    profile.user.status = Status::Banned;
                    profile.user.updated_at = now.max(profile.user.updated_at);
                    store::users::update(txn, profile.user.clone()).await?;
                    history.of(txn, user_id, Event::AccountBanned, None).await?;
                }
                // Also of who was banned without us, so that no session comes back with
                // the pardon.
                store::sessions::delete_all(txn, user_id, None).await?;
                let ended = count(std::mem::take(&mut profile.active_sessions));
                Ok(Outcome { profile, ended, changed })
            })
        })
        .await
}

/// Lets the user in again.
///
/// # Errors
/// [`AdministrationError::NoUser`].
pub async fn unban(admin: &Administration, user_id: Uuid) -> Result<Outcome, AdministrationError> {
    let (now, alive) = (admin.clock.now(), admin.alive());
    let history = History::new(&admin.random, now);
    admin
        .store
        .write(move |txn| {
            Box::pin(async move {
                let mut profile = lock(txn, user_id, &alive).await?;
                let changed = profile.user.status == Status::Banned;
                if changed {
                    profile.user.status = earned(txn, user_id).await?;
                    profile.user.updated_at = now.max(profile.user.updated_at);
                    store::users::update(txn, profile.user.clone()).await?;
                    history.of(txn, user_id, Event::AccountUnbanned, None).await?;
                }
                Ok(Outcome { profile, ended: 0, changed })
            })
        })
        .await
}

/// Deletes the user as they would themselves, to be erased after `grace`: who is banned
/// could not either.
///
/// # Errors
/// [`AdministrationError::Banned`], [`AdministrationError::NoUser`].
pub async fn delete(
    admin: &Administration,
    user_id: Uuid,
    grace: Duration,
) -> Result<Outcome, AdministrationError> {
    let (now, alive) = (admin.clock.now(), admin.alive());
    let history = History::new(&admin.random, now);
    let closing = Closing::new(&admin.random, now, grace);
    admin
        .store
        .write(move |txn| {
            Box::pin(async move {
                let before = lock(txn, user_id, &alive).await?;
                let changed = match before.user.status {
                    Status::Banned => return Err(AdministrationError::Banned(user_id)),
                    Status::Deleted => false,
                    Status::Pending | Status::Active | Status::Invited => true,
                };
                if changed {
                    history.of(txn, user_id, Event::AccountDeleted, None).await?;
                    closing.close(txn, before.user).await?;
                }
                let profile = lock(txn, user_id, &alive).await?;
                let ended = count(before.active_sessions - profile.active_sessions);
                Ok(Outcome { profile, ended, changed })
            })
        })
        .await
}
