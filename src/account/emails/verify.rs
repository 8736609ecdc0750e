//! Verifying an address: the address belongs to the user who proves it.

use entity::event::EventType;
use entity::one_time_token::Purpose;
use entity::outbox::MessageKind;
use entity::user::Status;
use uuid::Uuid;

use crate::account::{AccountError, Context, CurrentSession, Work, may_act};
use crate::store;
use crate::value::{OneTimeToken, TextValue as _};

/// The purposes of tokens that a claim to an address gives.
pub(super) const OF_CLAIM: [Purpose; 3] =
    [Purpose::VerifyEmail, Purpose::ResetPassword, Purpose::AcceptInvitation];

/// The kinds of messages with such tokens.
pub(super) const MESSAGES_OF_CLAIM: [MessageKind; 3] =
    [MessageKind::VerifyEmail, MessageKind::ResetPassword, MessageKind::Invitation];

/// Uses up a token that was mailed to an address. The address becomes verified, and the
/// claims of other users to it end.
///
/// The token works only in a session of the account that claims the address. Without this
/// rule, the owner of an address could be made to verify it for the account of an attacker.
///
/// # Errors
/// [`AccountError::OneTimeTokenInvalid`]; [`AccountError::EmailTaken`] if another user has
/// verified the address first; [`AccountError::SessionEnded`].
pub async fn verify(
    context: &Context,
    session: CurrentSession,
    token: OneTimeToken,
) -> Result<(), AccountError> {
    let (token, user_id) = (token.hash(), session.user_id);
    context
        .write(async move |mut work| {
            let purposes = [Purpose::VerifyEmail];
            let token = store::one_time_tokens::find(&work, &token, &purposes, work.now).await?;
            let token = token.filter(|token| token.user_id == user_id);
            let token = token.ok_or(AccountError::OneTimeTokenInvalid)?;
            lock_claimants(&work, user_id, &token.normalized).await?;
            work.lock(session).await?;
            if !store::one_time_tokens::use_up(&work, user_id, token.id).await? {
                return Err(AccountError::OneTimeTokenInvalid);
            }
            prove(&work, user_id, &token.normalized).await
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
/// end, and so do the tokens that these claims gave. A `pending` or `invited` user becomes
/// `active`.
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
        let purposes = [Purpose::VerifyEmail];
        store::one_time_tokens::revoke_to(work, user_id, normalized, &purposes).await?;
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
    let (purposes, kinds) = (&OF_CLAIM, &MESSAGES_OF_CLAIM);
    store::one_time_tokens::revoke_of_others(work, user_id, normalized, purposes).await?;
    Ok(store::outbox::revoke_of_others(work, user_id, normalized, kinds).await?)
}
