//! Becoming a user.

use entity::event::Kind as Event;
use entity::user::Status;
use entity::{email, user};

use super::email::Email;
use super::history::History;
use super::locale::Locale;
use super::name::Name;
use super::password::NewPassword;
use super::post::Post;
use super::session::Device;
use super::timezone::Timezone;
use super::value::TextValue as _;
use super::{AccountError, Context};
use crate::store::{self, Profile};

/// What someone tells to become a user.
#[derive(Clone)]
pub struct Registration {
    /// Becomes the default email address, not verified yet.
    pub email: Email,
    /// Proves later that it is them.
    pub password: NewPassword,
    /// Display name.
    pub name: Name,
    /// Language and region to read in.
    pub locale: Option<Locale>,
    /// Where they live in time.
    pub timezone: Option<Timezone>,
}

/// Creates a `pending` user, and mails them a token that verifies the address. An
/// address that others claim, but have not verified, may be claimed once more.
///
/// # Errors
/// [`AccountError::EmailTaken`], [`AccountError::Busy`].
pub async fn sign_up(
    context: &Context,
    new: Registration,
    device: Device,
) -> Result<Profile, AccountError> {
    let Registration { email, password, name, locale, timezone } = new;
    let hash = context.hasher.hash(password, &*context.random).await?;
    let now = context.clock.now();
    let user = user::Model {
        id: context.random.uuid(now),
        status: Status::Pending,
        name: name.as_str().to_owned(),
        bio: None,
        avatar_url: None,
        avatar_file: None,
        phone_number: None,
        locale: locale.map(|locale| locale.as_str().to_owned()),
        timezone: timezone.map(|timezone| timezone.as_str().to_owned()),
        created_at: now,
        updated_at: now,
    };
    let email = email::Model {
        id: context.random.uuid(now),
        user_id: user.id,
        email: email.as_str().to_owned(),
        normalized: email.normalized().to_owned(),
        verified_at: None,
        is_default: true,
        created_at: now,
        updated_at: now,
    };
    let post = Post::new(&context.random, now);
    let history = History::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                // Who verifies it at this very moment has it: this claim falls then.
                if store::emails::is_owned(txn, &email.normalized).await? {
                    return Err(AccountError::EmailTaken);
                }
                store::users::insert(txn, user.clone()).await?;
                store::emails::insert(txn, email.clone()).await?;
                store::passwords::set(txn, user.id, hash, now).await?;
                history.from(txn, device, user.id, Event::SignedUp, None).await?;
                post.verify_email(txn, user.id, &email.email).await?;
                Ok(Profile { user, default_email: Some(email.email), active_sessions: 0 })
            })
        })
        .await
}
