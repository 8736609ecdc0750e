//! The precondition of a change to a profile (`If-Match`).

use crate::account::AccountError;
use crate::store::Profile;

/// Says whether a profile is as the caller expects.
pub type Precondition = Box<dyn Fn(&Profile) -> bool + Send>;

/// Refuses a change to a profile that is not as the caller expects. The check runs inside
/// the transaction of the change. So when two callers expect the same profile, the second
/// one is refused.
pub(in crate::account) fn check(
    precondition: Option<Precondition>,
    profile: &Profile,
) -> Result<(), AccountError> {
    match precondition {
        Some(holds) if !holds(profile) => Err(AccountError::Outdated),
        _ => Ok(()),
    }
}
