//! Requesting a password reset.

use entity::known_client::MarkKind;
use entity::outbox::MessageKind;

use crate::account::limits::{Budget, Limit};
use crate::account::session::{Device, recognise};
use crate::account::{AccountError, Context};
use crate::store;
use crate::value::{Email, TextValue as _};

/// Mails a token that sets a new password, if the address has an account. The account is
/// looked up only when the mail is sent. So for an address without an account, the
/// request does the same work and takes the same time.
///
/// # Errors
/// [`AccountError::TooMany`], [`AccountError::Busy`].
pub async fn request_reset(
    context: &Context,
    email: Email,
    device: &Device,
) -> Result<(), AccountError> {
    context.spend(&device.quotas, budgets(context, &email, device).await?).await?;
    let cause = context.cause(device);
    context
        .write(async move |mut work| {
            work.caused_by(cause);
            Ok(work.send(MessageKind::ResetPassword, None, email.as_str(), None).await?)
        })
        .await
}

/// A device on which the account was opened before has a budget of its own, so that requests
/// of others don't keep the owner out.
async fn budgets(
    context: &Context,
    email: &Email,
    device: &Device,
) -> Result<Vec<Budget>, AccountError> {
    let claims = store::emails::claims(context.store.reader(), &email.normalized()).await?;
    let verified = claims.iter().filter(|claim| claim.verified_at.is_some());
    let owners: Vec<_> = verified.map(|claim| claim.user_id).collect();
    let known = recognise(context, &owners, device, context.clock.now()).await?;
    Ok(match known.filter(|client| client.kind == MarkKind::Device) {
        Some(client) => vec![client.budget(context, Limit::ResetKnownClient)],
        None => vec![
            context.client_budget(Limit::ResetClient, device),
            context.mailbox_budget(Limit::ResetAddress, email),
            context.budget(Limit::Reset, &[]),
        ],
    })
}
