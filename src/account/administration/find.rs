//! Finding users and their addresses.

use entity::email;
use uuid::Uuid;

use super::{Administration, AdministrationError, UserReference};
use crate::account::security_log::pseudonym;
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
/// [`AdministrationError::NoUser`], [`AdministrationError::Several`],
/// [`AdministrationError::NoSecret`].
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
        UserReference::Log(name) => (find_in_log(admin, name).await?, name.clone()),
    };
    let profile = match user_id {
        Some(user_id) => store::profiles::find(reader, user_id, &active).await?,
        None => None,
    };
    profile.ok_or(AdministrationError::NoUser(name))
}

/// The number of users that are compared at once with a name in the log.
const PAGE: u64 = 1000;

/// Finds the user with this name in the security log. It compares all users, because the log
/// has only their keyed hashes.
async fn find_in_log(
    admin: &Administration,
    name: &str,
) -> Result<Option<Uuid>, AdministrationError> {
    let secret = admin.secret.as_ref().ok_or(AdministrationError::NoSecret)?;
    let (reader, active) = (admin.store.reader(), admin.policy.active(admin.clock.now()));
    let mut filter = Filter { status: None, after: None };
    loop {
        let page = store::profiles::list(reader, filter, PAGE, &active).await?;
        let mut ids = page.iter().map(|profile| profile.user.id);
        if let Some(found) = ids.find(|id| pseudonym(secret, *id) == name) {
            return Ok(Some(found));
        }
        match page.last() {
            Some(last) => filter.after = Some(last.user.id),
            None => return Ok(None),
        }
    }
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
