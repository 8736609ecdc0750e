//! Mailing tokens that verify an address.

use std::time::Duration;

use entity::one_time_token::Purpose;
use entity::outbox::MessageKind;
use uuid::Uuid;

use super::find::find;
use crate::account::{AccountError, Context, CurrentSession, RateLimit, Work};
use crate::store;
use crate::store::one_time_tokens::{MailedTo, mailed};
use crate::value::TextValue as _;

/// The rate limit of tokens that verify an address. It applies to the user who requests
/// them, and to the address that they are mailed to, even if several users request them.
pub(in crate::account) const VERIFICATIONS: RateLimit =
    RateLimit { max: 10, window: Duration::from_secs(60 * 60) };

/// Mails another token that verifies an address.
///
/// # Errors
/// [`AccountError::EmailNotFound`], [`AccountError::EmailVerified`],
/// [`AccountError::TooMany`], [`AccountError::SessionEnded`].
pub async fn send_verification(
    context: &Context,
    session: CurrentSession,
    email_id: Uuid,
) -> Result<(), AccountError> {
    let user_id = session.user_id;
    context
        .write(async move |mut work| {
            work.lock(session).await?;
            let (email, _) = find(&work, user_id, email_id).await?;
            if email.verified_at.is_some() {
                return Err(AccountError::EmailVerified);
            }
            limit_verifications(&work, user_id, &email.normalized).await?;
            Ok(work
                .send(MessageKind::VerifyEmail, Some(user_id), email.email.as_str(), None)
                .await?)
        })
        .await
}

/// Refuses another token if the user or the address has reached the rate limit.
pub(super) async fn limit_verifications(
    work: &Work,
    user_id: Uuid,
    normalized: &str,
) -> Result<(), AccountError> {
    let (purpose, since) = (Purpose::VerifyEmail, VERIFICATIONS.since(work.now));
    // The outbox drops a mail beyond this limit. It is better to refuse the request now.
    let to_address = mailed(work, MailedTo::Address(normalized), purpose, since).await?;
    VERIFICATIONS.check_messages(to_address, work.now)?;
    let mut requested = mailed(work, MailedTo::User(user_id), purpose, since).await?;
    requested.extend(store::outbox::waiting(work, user_id, MessageKind::VerifyEmail).await?);
    VERIFICATIONS.check_messages(requested, work.now)
}
