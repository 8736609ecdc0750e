//! Looking at a one-time token without using it.

use chrono::{DateTime, Utc};
use entity::one_time_token::Purpose;

use super::{AccountError, Context, may_act};
use crate::store;
use crate::value::{Email, OneTimeToken};

/// A token that was mailed and not used yet.
pub struct Mailed {
    /// The purpose of the token.
    pub purpose: Purpose,
    /// The address that it was mailed to, as long as it works.
    pub email: Option<Email>,
    /// When it stops working, or has stopped.
    pub expires_at: DateTime<Utc>,
    /// Whether it still works.
    pub is_usable: bool,
}

/// The token, without using it. `None` if it was used or revoked, or never existed: a token that is
/// used is deleted. An expired one is kept for a while.
///
/// It may tell the address, because only somebody who has read the mail knows the token.
///
/// # Errors
/// [`AccountError::Busy`], [`AccountError::Internal`].
pub async fn look_at(
    context: &Context,
    token: &OneTimeToken,
) -> Result<Option<Mailed>, AccountError> {
    let (reader, now) = (context.store.reader(), context.clock.now());
    let Some(token) = store::one_time_tokens::find_any(reader, &token.hash()).await? else {
        return Ok(None);
    };
    let user = store::users::find(reader, token.user_id).await?;
    // These can set no password for a user who is banned or deleted.
    let is_blocked = matches!(token.purpose, Purpose::ResetPassword | Purpose::AcceptInvitation)
        && !user.is_some_and(|user| may_act(user.status));
    let is_usable = token.expires_at > now;
    Ok((!is_blocked).then_some(Mailed {
        purpose: token.purpose,
        email: is_usable.then_some(token.email),
        expires_at: token.expires_at,
        is_usable,
    }))
}
