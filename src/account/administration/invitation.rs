//! Asking somebody to join.

use chrono::{DateTime, Utc};
use entity::event::Kind as Event;
use entity::user::Status;
use entity::{email, user};

use super::super::email::Email;
use super::super::history::History;
use super::super::locale::Locale;
use super::super::name::Name;
use super::super::post::Post;
use super::super::value::TextValue as _;
use super::{Administration, AdministrationError};
use crate::store::{self, Profile, Transaction};

/// Who is invited.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Becomes the default address, verified by accepting.
    pub email: Email,
    /// Display name; what stands before the `@` if there is none.
    pub name: Option<Name>,
    /// Language and region to read in: the mail is written in it.
    pub locale: Option<Locale>,
}

/// Who was invited.
#[derive(Debug)]
pub struct Invited {
    /// The user.
    pub profile: Profile,
    /// Whether they were invited before.
    pub again: bool,
}

/// Creates an `invited` user without a password, and mails them a token that sets one.
/// Who is `invited` already is mailed another, and takes on what is said of them now.
///
/// # Errors
/// [`AdministrationError::EmailTaken`], [`AdministrationError::NoName`].
pub async fn invite(
    admin: &Administration,
    invitation: Invitation,
) -> Result<Invited, AdministrationError> {
    let now = admin.clock.now();
    let post = Post::new(&admin.random, now);
    let history = History::new(&admin.random, now);
    let new = rows(admin, &invitation, now)?;
    admin
        .store
        .write(move |txn| {
            Box::pin(async move {
                let Invitation { email, name, locale } = invitation;
                // Nobody accepts, verifies or is invited meanwhile.
                store::emails::lock_address(txn, email.normalized()).await?;
                let reader = txn.read().await?;
                let claims = store::emails::claims(reader, email.normalized()).await?;
                if let Some(claim) = claims.iter().find(|claim| claim.verified_at.is_some()) {
                    let (email, owner) = (email.as_str().to_owned(), claim.user_id);
                    return Err(AdministrationError::EmailTaken { email, owner });
                }

                let (user, email, again) = match find_invited(txn, claims).await? {
                    Some((user, email)) => {
                        (rename(txn, user, name, locale, now).await?, email, true)
                    }
                    None => {
                        let (user, email) = new;
                        store::users::insert(txn, user.clone()).await?;
                        store::emails::insert(txn, email.clone()).await?;
                        (user, email, false)
                    }
                };
                post.invite(txn, user.id, &email.email).await?;
                history.of(txn, user.id, Event::Invited, Some(&email.email)).await?;
                let default_email = Some(email.email);
                Ok(Invited { profile: Profile { user, default_email, active_sessions: 0 }, again })
            })
        })
        .await
}

/// The one of those who claim an address who is invited, locked, with the claim.
async fn find_invited(
    txn: &Transaction,
    claims: Vec<email::Model>,
) -> Result<Option<(user::Model, email::Model)>, AdministrationError> {
    for claim in claims {
        let is_invited = |user: &user::Model| user.status == Status::Invited;
        let user = store::users::find(txn.read().await?, claim.user_id).await?;
        if !user.as_ref().is_some_and(is_invited) {
            continue;
        }
        // Once more, now that nobody bans them meanwhile.
        store::users::lock(txn, claim.user_id).await?;
        let user = store::users::find(txn.read().await?, claim.user_id).await?;
        if let Some(user) = user.filter(is_invited) {
            return Ok(Some((user, claim)));
        }
    }
    Ok(None)
}

async fn rename(
    txn: &Transaction,
    before: user::Model,
    name: Option<Name>,
    locale: Option<Locale>,
    now: DateTime<Utc>,
) -> Result<user::Model, AdministrationError> {
    let mut user = before.clone();
    if let Some(name) = name {
        user.name = name.as_str().to_owned();
    }
    if let Some(locale) = locale {
        user.locale = Some(locale.as_str().to_owned());
    }
    if user != before {
        user.updated_at = now.max(user.updated_at);
        store::users::update(txn, user.clone()).await?;
    }
    Ok(user)
}

/// What to insert if nobody is invited yet.
fn rows(
    admin: &Administration,
    invitation: &Invitation,
    now: DateTime<Utc>,
) -> Result<(user::Model, email::Model), AdministrationError> {
    let Invitation { email, name, locale } = invitation;
    let (local, _) = email.as_str().rsplit_once('@').unwrap_or_default();
    let name = name.clone().map_or_else(|| Name::parse(local), Ok);
    let user = user::Model {
        id: admin.random.uuid(now),
        status: Status::Invited,
        name: name.map_err(AdministrationError::NoName)?.as_str().to_owned(),
        bio: None,
        avatar_url: None,
        avatar_file: None,
        phone_number: None,
        locale: locale.as_ref().map(|locale| locale.as_str().to_owned()),
        timezone: None,
        created_at: now,
        updated_at: now,
    };
    let email = email::Model {
        id: admin.random.uuid(now),
        user_id: user.id,
        email: email.as_str().to_owned(),
        normalized: email.normalized().to_owned(),
        verified_at: None,
        is_default: true,
        created_at: now,
        updated_at: now,
    };
    Ok((user, email))
}
