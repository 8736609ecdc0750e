//! Finding users and their addresses.

use entity::email;
use uuid::Uuid;

use super::{Administration, AdministrationError, UserReference};
use crate::store::profiles::Filter;
use crate::store::{self, Profile};
use crate::value::TextValue as _;

/// A page of users, newest first.
#[derive(Debug)]
pub struct Page {
    /// The users.
    pub profiles: Vec<Profile>,
    /// The id of the last user of this page, if there is a next page. The next page begins
    /// after it.
    pub next: Option<Uuid>,
}

/// Lists at most `max` users.
///
/// # Errors
/// Only faults of the service.
pub async fn list(
    admin: &Administration,
    filter: Filter,
    max: u64,
) -> Result<Page, AdministrationError> {
    let (reader, active) = (admin.store.reader(), admin.policy.active(admin.clock.now()));
    // Read one more user, to know whether there is a next page.
    let mut profiles = store::profiles::list(reader, filter, max + 1, &active).await?;
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let is_last = profiles.len() <= max;
    profiles.truncate(max);
    let last = profiles.last().map(|profile| profile.user.id);
    Ok(Page { next: last.filter(|_| !is_last), profiles })
}

/// Finds the user that a reference names.
///
/// # Errors
/// [`AdministrationError::NoUser`], [`AdministrationError::Several`].
pub async fn find(
    admin: &Administration,
    reference: &UserReference,
) -> Result<Profile, AdministrationError> {
    let (reader, active) = (admin.store.reader(), admin.policy.active(admin.clock.now()));
    let (user_id, name) = match reference {
        UserReference::Id(id) => (Some(*id), id.to_string()),
        UserReference::Email(email) => {
            let claims = store::emails::claims(reader, &email.normalized()).await?;
            let owner = claims.iter().find(|claim| claim.verified_at.is_some());
            if owner.is_none() && claims.len() > 1 {
                let claimants = claims.into_iter().map(|claim| claim.user_id).collect();
                let claimants = store::profiles::find_all(reader, claimants, &active).await?;
                let email = email.as_str().to_owned();
                return Err(AdministrationError::Several { email, claimants });
            }
            let user_id = owner.or(claims.first()).map(|claim| claim.user_id);
            (user_id, email.as_str().to_owned())
        }
    };
    let profile = match user_id {
        Some(user_id) => store::profiles::find(reader, user_id, &active).await?,
        None => None,
    };
    profile.ok_or(AdministrationError::NoUser(name))
}

/// Lists the addresses of the user, oldest first.
///
/// # Errors
/// Only faults of the service.
pub async fn list_emails(
    admin: &Administration,
    user_id: Uuid,
) -> Result<Vec<email::Model>, AdministrationError> {
    Ok(store::emails::list(admin.store.reader(), user_id).await?)
}
