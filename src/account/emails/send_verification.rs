//! Mailing tokens that verify an address.

use std::time::Duration;

use entity::one_time_token::Purpose;
use entity::outbox::MessageKind;
use uuid::Uuid;

use super::find::find;
use crate::account::limits::Limit;
use crate::account::session::Device;
use crate::account::{AccountError, Context, CurrentSession, RateLimit, Work};
use crate::store;
use crate::store::one_time_tokens::{MailedTo, mailed};
use crate::store::outbox::Requested;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The rate limit of tokens for one claim: those that one user requests for one address.
const PER_CLAIM: RateLimit = RateLimit { max: 3, window: HOUR };

/// The rate limit of tokens that one user requests for all their addresses.
const PER_USER: RateLimit = RateLimit { max: 10, window: HOUR };

/// The rate limit of tokens that are mailed to an address because users sign up with it. It
/// doesn't apply to users who have logged in, so nobody can use up the mails that the owner of
/// the address needs.
pub(in crate::account) const SIGN_UPS: RateLimit = RateLimit { max: 10, window: HOUR };

/// Mails another token that verifies an address. The mail names the device.
///
/// # Errors
/// [`AccountError::EmailNotFound`], [`AccountError::EmailVerified`],
/// [`AccountError::TooMany`], [`AccountError::SessionEnded`].
pub async fn send_verification(
    context: &Context,
    session: CurrentSession,
    email_id: Uuid,
    device: Device,
) -> Result<(), AccountError> {
    let user_id = session.user_id;
    let budgets = vec![
        context.client_budget(Limit::VerificationClient, &device),
        // One user must not use up what all share, however many addresses they connect from.
        context.budget(Limit::VerificationClient, &[user_id.as_bytes()]),
        context.budget(Limit::Verification, &[]),
    ];
    context.spend(&device.quotas, budgets).await?;
    let (email, _) = find(context.store.reader(), user_id, email_id).await?;
    if email.verified_at.is_some() {
        return Err(AccountError::EmailVerified);
    }
    let budget = context.client_mailbox_budget(Limit::VerificationAddress, &device, &email.email);
    context.spend(&device.quotas, vec![budget]).await?;
    let cause = context.cause(&device);
    context
        .write(async move |mut work| {
            work.caused_by(cause);
            work.lock(session).await?;
            let (email, _) = find(&work, user_id, email_id).await?;
            if email.verified_at.is_some() {
                return Err(AccountError::EmailVerified);
            }
            limit_verifications(&work, user_id, &email.normalized).await?;
            Ok(work.send_verification(user_id, &email.email, &device).await?)
        })
        .await
}

/// Refuses another token if the claim or the user has reached the rate limit. It also counts
/// tokens for addresses that the user has removed since.
pub(super) async fn limit_verifications(
    work: &Work,
    user_id: Uuid,
    normalized: &str,
) -> Result<(), AccountError> {
    let (purpose, since) = (Purpose::VerifyEmail, PER_USER.since(work.now));
    let mut requested = mailed(work, MailedTo::User(user_id), purpose, since).await?;
    requested.extend(store::outbox::waiting_to(work, user_id, MessageKind::VerifyEmail).await?);
    let for_claim = requested.iter().filter(|(to, _)| to == normalized);
    let for_claim: Vec<Requested> = for_claim.map(|(_, requested)| *requested).collect();
    PER_CLAIM.check_messages(for_claim, work.now)?;
    let for_user = requested.into_iter().map(|(_, requested)| requested).collect();
    PER_USER.check_messages(for_user, work.now)
}
