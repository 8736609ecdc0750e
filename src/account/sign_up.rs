//! Signing up.

use entity::event::EventType;
use entity::outbox::MessageKind;
use entity::user::Status;

use super::rows::{new_claim, new_user};
use super::session::Device;
use super::{AccountError, Context};
use crate::store::{self, Profile};
use crate::value::{Email, Locale, Name, NewPassword, TextValue as _, Timezone};

/// The data of a new user.
#[derive(Clone)]
pub struct Registration {
    /// The default email address. It is not verified yet.
    pub email: Email,
    /// The password.
    pub password: NewPassword,
    /// The display name.
    pub name: Name,
    /// The language and region that the user reads in.
    pub locale: Option<Locale>,
    /// The time zone of the user.
    pub timezone: Option<Timezone>,
}

/// Creates a `pending` user, and mails them a token that verifies the address. Several
/// users may claim an address until one of them verifies it.
///
/// # Errors
/// [`AccountError::EmailTaken`], [`AccountError::Busy`].
pub async fn sign_up(
    context: &Context,
    registration: Registration,
    device: Device,
) -> Result<Profile, AccountError> {
    let Registration { email, password, name, locale, timezone } = registration;
    let hash = context.hasher.hash(password, &*context.random).await?;
    context
        .write(async move |work| {
            // Another user may verify the address at the same time. Their verification then
            // ends this claim.
            if store::emails::is_owned(&work, &email.normalized()).await? {
                return Err(AccountError::EmailTaken);
            }
            let user = new_user(&work, Status::Pending, name, locale, timezone);
            let email = new_claim(&work, user.id, email, true);
            store::users::insert(&work, user.clone()).await?;
            store::emails::insert(&work, email.clone()).await?;
            store::passwords::set(&work, user.id, hash, work.now).await?;
            work.record_from(device, user.id, EventType::SignedUp, None).await?;
            work.send(MessageKind::VerifyEmail, Some(user.id), email.email.as_str(), None).await?;
            Ok(Profile { user, default_email: Some(email.email), active_sessions: 0 })
        })
        .await
}
