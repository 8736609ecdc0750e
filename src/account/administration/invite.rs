//! Inviting a user.

use entity::event::EventType;
use entity::outbox::MessageKind;
use entity::user::Status;
use entity::{email, user};

use super::{Administration, AdministrationError};
use crate::account::Work;
use crate::account::rows::{new_claim, new_user};
use crate::store::{self, Profile};
use crate::value::{Email, Locale, Name, TextValue as _, ValueError};

/// An invitation.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The default address of the user. Accepting the invitation verifies it.
    pub email: Email,
    /// The display name. The default is the part of the address before the `@`.
    pub name: Option<Name>,
    /// The language and region that the user reads in. The mail is in this language.
    pub locale: Option<Locale>,
}

/// The user who was invited.
#[derive(Debug)]
pub struct Invited {
    /// The user.
    pub profile: Profile,
    /// Whether the user was invited before.
    pub again: bool,
}

/// Creates an `invited` user without a password, and mails them a token that sets one. If
/// the user is `invited` already, they get another token, and the new name and locale.
///
/// # Errors
/// [`AdministrationError::EmailTaken`], [`AdministrationError::NoName`].
pub async fn invite(
    admin: &Administration,
    invitation: Invitation,
) -> Result<Invited, AdministrationError> {
    admin
        .write(async move |work| {
            let Invitation { email, name, locale } = invitation;
            // Until this unit of work ends, no other one can verify this address, or
            // invite a user with it.
            let normalized = email.normalized();
            store::emails::lock_address(&work, &normalized).await?;
            let claims = store::emails::claims(&work, &normalized).await?;
            if let Some(claim) = claims.iter().find(|claim| claim.verified_at.is_some()) {
                let (email, owner) = (email.as_str().to_owned(), claim.user_id);
                return Err(AdministrationError::EmailTaken { email, owner });
            }

            let (user, email, again) = match find_invited(&work, claims).await? {
                Some((mut user, email)) => {
                    rename(&work, &mut user, name, locale).await?;
                    (user, email, true)
                }
                None => {
                    let name = name.map_or_else(|| name_of(&email), Ok);
                    let name = name.map_err(AdministrationError::NoName)?;
                    let user = new_user(&work, Status::Invited, name, locale, None);
                    let email = new_claim(&work, user.id, email, true);
                    store::users::insert(&work, user.clone()).await?;
                    store::emails::insert(&work, email.clone()).await?;
                    (user, email, false)
                }
            };
            work.send(MessageKind::Invitation, Some(user.id), email.email.as_str(), None).await?;
            work.record(user.id, EventType::Invited, Some(email.email.as_str())).await?;
            let default_email = Some(email.email);
            Ok(Invited { profile: Profile { user, default_email, active_sessions: 0 }, again })
        })
        .await
}

/// Finds an invited user who claims the address. Locks the user, and returns the user
/// with the claim.
async fn find_invited(
    work: &Work,
    claims: Vec<email::Model>,
) -> Result<Option<(user::Model, email::Model)>, AdministrationError> {
    for claim in claims {
        let is_invited = |user: &user::Model| user.status == Status::Invited;
        let user = store::users::find(work, claim.user_id).await?;
        if !user.as_ref().is_some_and(is_invited) {
            continue;
        }
        // Read again under the lock: another unit of work may have banned the user in
        // between.
        store::users::lock(work, claim.user_id).await?;
        let user = store::users::find(work, claim.user_id).await?;
        if let Some(user) = user.filter(is_invited) {
            return Ok(Some((user, claim)));
        }
    }
    Ok(None)
}

async fn rename(
    work: &Work,
    user: &mut user::Model,
    name: Option<Name>,
    locale: Option<Locale>,
) -> Result<(), AdministrationError> {
    let change = |user: &mut user::Model| {
        if let Some(name) = name {
            user.name = name;
        }
        if let Some(locale) = locale {
            user.locale = Some(locale);
        }
    };
    Ok(work.save(user, change).await?)
}

/// Makes a name from the part of an address before the `@`.
fn name_of(email: &Email) -> Result<Name, ValueError> {
    let (local, _) = email.as_str().rsplit_once('@').unwrap_or_default();
    Name::parse(local)
}
