//! Verifying an address: the address belongs to the user who proves it.

use entity::event::EventType;
use entity::one_time_token::Purpose;
use entity::user::Status;
use uuid::Uuid;

use crate::account::{AccountError, Context, Work, may_act};
use crate::store;
use crate::value::{OneTimeToken, TextValue as _};

/// Uses up a token that was mailed to an address. The address becomes verified, and the
/// claims of other users to it end.
///
/// # Errors
/// [`AccountError::OneTimeTokenInvalid`]; [`AccountError::EmailTaken`] if another user has
/// verified the address first.
pub async fn verify(context: &Context, token: OneTimeToken) -> Result<(), AccountError> {
    let token = token.hash();
    context
        .write(async move |work| {
            let purposes = [Purpose::VerifyEmail];
            let token = store::one_time_tokens::find(&work, &token, &purposes, work.now).await?;
            let token = token.ok_or(AccountError::OneTimeTokenInvalid)?;
            lock_claimants(&work, token.user_id, &token.normalized).await?;
            if !store::one_time_tokens::use_up(&work, token.user_id, token.id).await? {
                return Err(AccountError::OneTimeTokenInvalid);
            }
            prove(&work, token.user_id, &token.normalized).await
        })
        .await
}

/// Locks an address, then every user who claims it. Every unit of work uses this order,
/// so no two of them deadlock.
pub(in crate::account) async fn lock_claimants(
    work: &Work,
    user_id: Uuid,
    normalized: &str,
) -> Result<(), AccountError> {
    store::emails::lock_address(work, normalized).await?;
    let mut claimants = store::emails::other_claimants(work, user_id, normalized).await?;
    claimants.push(user_id);
    Ok(store::users::lock_all(work, claimants).await?)
}

/// Marks a locked address as verified by a locked user. The claims of other users to it
/// end. A `pending` or `invited` user becomes `active`.
pub(in crate::account) async fn prove(
    work: &Work,
    user_id: Uuid,
    normalized: &str,
) -> Result<(), AccountError> {
    let user = store::users::find(work, user_id).await?;
    let user = user.filter(|user| may_act(user.status));
    let mut user = user.ok_or(AccountError::OneTimeTokenInvalid)?;
    let emails = store::emails::list(work, user_id).await?;
    let email = emails.iter().find(|email| email.normalized == normalized);
    let email = email.ok_or(AccountError::OneTimeTokenInvalid)?;

    if email.verified_at.is_none() {
        if !store::emails::verify(work, user_id, email.id, work.now).await? {
            return Err(AccountError::EmailTaken);
        }
        work.record(user_id, EventType::EmailVerified, Some(email.email.as_str())).await?;
        end_other_claims(work, user_id, normalized).await?;
    }
    // An unverified address must not stay the default, because it may belong to another
    // person. The address would give that person access to the account.
    let has_default = emails.iter().any(|email| email.is_default && email.verified_at.is_some());
    if !has_default && !email.is_default {
        store::emails::set_default(work, user_id, email.id, work.now).await?;
        work.record(user_id, EventType::DefaultEmailChanged, Some(email.email.as_str())).await?;
    }
    if matches!(user.status, Status::Pending | Status::Invited) {
        work.save(&mut user, |user| user.status = Status::Active).await?;
    }
    Ok(())
}

async fn end_other_claims(
    work: &Work,
    user_id: Uuid,
    normalized: &str,
) -> Result<(), AccountError> {
    for other in store::emails::other_claimants(work, user_id, normalized).await? {
        store::users::lock(work, other).await?;
        if store::emails::drop_claim(work, other, normalized).await? {
            work.record(other, EventType::EmailLost, Some(normalized)).await?;
        }
    }
    Ok(())
}
