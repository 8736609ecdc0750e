//! Adding an email address.

use entity::email;
use entity::event::EventType;
use entity::outbox::MessageKind;

use super::send_verification::limit_verifications;
use crate::account::limits::Limit;
use crate::account::rows::new_claim;
use crate::account::session::Device;
use crate::account::{AccountError, Context, CurrentSession, address_budgets};
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
    device: Device,
) -> Result<email::Model, AccountError> {
    let user_id = session.user_id;
    // Count before looking the address up: a reply reveals whether it is taken.
    context.spend(&device.quotas, address_budgets(context, &device)).await?;
    if store::emails::is_owned(context.store.reader(), &email.normalized()).await? {
        return Err(AccountError::EmailTaken);
    }
    let budget = context.client_mailbox_budget(Limit::VerificationAddress, &device, &email);
    context.spend(&device.quotas, vec![budget]).await?;
    let cause = context.cause(&device);
    context
        .write(async move |mut work| {
            work.caused_by(cause);
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
            work.send_verification(user_id, &claim.email, &device).await?;
            work.record(user_id, EventType::EmailAdded, Some(claim.email.as_str())).await?;
            work.notify(user_id, MessageKind::EmailAdded, Some(claim.email.as_str())).await?;
            Ok(claim)
        })
        .await
}
