//! The outcome of a change by an administrator.

use uuid::Uuid;

use super::AdministrationError;
use crate::account::Work;
use crate::store::{self, Profile};

/// The outcome of a change to a user.
#[derive(Debug)]
pub struct Outcome {
    /// The user after the change.
    pub profile: Profile,
    /// The number of sessions that ended.
    pub ended: usize,
    /// Whether the use case changed anything.
    pub changed: bool,
}

/// Converts a number of rows from the integer type of the database.
pub(super) fn count(rows: i64) -> usize {
    usize::try_from(rows).unwrap_or_default()
}

/// Locks the user until the transaction ends, and reads their profile.
pub(super) async fn lock(work: &Work, user_id: Uuid) -> Result<Profile, AdministrationError> {
    store::users::lock(work, user_id).await?;
    let profile = store::profiles::find(work, user_id, &work.active()).await?;
    profile.ok_or_else(|| AdministrationError::NoUser(user_id.to_string()))
}
