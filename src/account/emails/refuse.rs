//! Refusing a claim: the recipient of a verification mail says that they did not request it.

use entity::event::EventType;
use entity::one_time_token::Purpose;

use super::verify::{MESSAGES_OF_CLAIM, OF_CLAIM};
use crate::account::{AccountError, Context};
use crate::store;
use crate::value::{OneTimeToken, TextValue as _};

/// Uses up a token that was mailed to an address. The user who claims the address loses it, and
/// the tokens that were mailed to it for them stop working. The owner of the address needs no
/// account for this.
///
/// # Errors
/// [`AccountError::OneTimeTokenInvalid`], also if the address is verified already.
pub async fn refuse(context: &Context, token: OneTimeToken) -> Result<(), AccountError> {
    let token = token.hash();
    context
        .write(async move |work| {
            let purposes = [Purpose::VerifyEmail];
            let token = store::one_time_tokens::find(&work, &token, &purposes, work.now).await?;
            let token = token.ok_or(AccountError::OneTimeTokenInvalid)?;
            let (user_id, normalized) = (token.user_id, &*token.normalized);
            // In this order, as everywhere.
            store::emails::lock_address(&work, normalized).await?;
            store::users::lock(&work, user_id).await?;
            if !store::one_time_tokens::use_up(&work, user_id, token.id).await?
                || !store::emails::drop_claim(&work, user_id, normalized).await?
            {
                return Err(AccountError::OneTimeTokenInvalid);
            }
            let refused = Some(token.email.as_str());
            work.record(user_id, EventType::EmailRefused, refused).await?;
            let (purposes, kinds) = (&OF_CLAIM, &MESSAGES_OF_CLAIM);
            store::one_time_tokens::revoke_to(&work, user_id, normalized, purposes).await?;
            Ok(store::outbox::revoke_to(&work, user_id, normalized, kinds).await?)
        })
        .await
}
