//! Adding an email address.

use entity::email;
use entity::event::EventType;
use entity::outbox::MessageKind;

use super::send_verification::limit_verifications;
use crate::account::rows::new_claim;
use crate::account::{AccountError, Context, CurrentSession};
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
            let normalized = email.normalized();
            if store::emails::is_owned(&work, &normalized).await? {
                return Err(AccountError::EmailTaken);
            }
            if store::emails::list(&work, user_id).await?.len() >= MAX_EMAILS {
                return Err(AccountError::TooManyEmails);
            }
            limit_verifications(&work, user_id, &normalized).await?;

            let claim = new_claim(&work, user_id, email, false);
            if !store::emails::insert(&work, claim.clone()).await? {
                return Err(AccountError::EmailTaken);
            }
            work.send(MessageKind::VerifyEmail, Some(user_id), claim.email.as_str(), None).await?;
            work.record(user_id, EventType::EmailAdded, Some(claim.email.as_str())).await?;
            work.notify(user_id, MessageKind::EmailAdded, Some(claim.email.as_str())).await?;
            Ok(claim)
        })
        .await
}
