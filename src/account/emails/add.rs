//! Adding an email address.

use entity::email;
use entity::event::EventType;
use entity::outbox::MessageKind;

use super::send_verification::limit_verifications;
use crate::account::session::CurrentSession;
use crate::account::{AccountError, Context};
use crate::store;
use crate::value::{Email, TextValue as _};

/// The maximum number of addresses per user.
pub const MAX_EMAILS: usize = 20;

/// Adds an address that is not verified yet, and mails a token to it.
///
/// # Errors
/// [`AccountError::EmailTaken`], [`AccountError::TooManyEmails`],
/// [`AccountError::TooMany`], [`AccountError::ReauthenticationRequired`],
/// [`AccountError::SessionEnded`].
pub async fn add(
    context: &Context,
    session: CurrentSession,
    email: Email,
) -> Result<email::Model, AccountError> {
    let user_id = session.user_id;
    context
        .write(async move |mut work| {
            work.lock_reauthenticated(session).await?;
            if store::emails::is_owned(&work, email.normalized()).await? {
                return Err(AccountError::EmailTaken);
            }
            if store::emails::list(&work, user_id).await?.len() >= MAX_EMAILS {
                return Err(AccountError::TooManyEmails);
            }
            limit_verifications(&work, user_id, email.normalized()).await?;

            let claim = email::Model {
                id: work.id(),
                user_id,
                email: email.as_str().to_owned(),
                normalized: email.normalized().to_owned(),
                verified_at: None,
                is_default: false,
                created_at: work.now,
                updated_at: work.now,
            };
            if !store::emails::insert(&work, claim.clone()).await? {
                return Err(AccountError::EmailTaken);
            }
            work.send(MessageKind::VerifyEmail, Some(user_id), &claim.email, None).await?;
            work.record(user_id, EventType::EmailAdded, Some(&claim.email)).await?;
            work.notify(user_id, MessageKind::EmailAdded, Some(&claim.email)).await?;
            Ok(claim)
        })
        .await
}
