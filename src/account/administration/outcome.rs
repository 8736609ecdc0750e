//! What a change by an administrator did.

use uuid::Uuid;

use super::AdministrationError;
use crate::account::work::Work;
use crate::store::{self, Profile};

/// What a change did to a user.
#[derive(Debug)]
pub struct Outcome {
    /// The user after the change.
    pub profile: Profile,
    /// How many of their sessions ended.
    pub ended: usize,
    /// Whether there was anything to change.
    pub changed: bool,
}

/// A number of rows, as the database counts them.
pub(super) fn count(rows: i64) -> usize {
    usize::try_from(rows).unwrap_or_default()
}

/// Locks the user until the transaction ends.
pub(super) async fn lock(work: &Work, user_id: Uuid) -> Result<Profile, AdministrationError> {
    store::users::lock(work, user_id).await?;
    let profile = store::profiles::find(work, user_id, &work.alive()).await?;
    profile.ok_or_else(|| AdministrationError::NoUser(user_id.to_string()))
}
