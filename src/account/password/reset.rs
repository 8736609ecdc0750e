//! Setting a new password with a token that was mailed.

use chrono::DateTime;
use entity::event::EventType;
use entity::one_time_token::Purpose;
use entity::outbox::MessageKind;
use uuid::Uuid;

use super::recovery::recover;
use crate::account::emails::{lock_claimants, prove};
use crate::account::session::Device;
use crate::account::{AccountError, Context, Work};
use crate::store;
use crate::value::{NewPassword, OneTimeToken, TextValue as _};

/// The purposes of tokens that set a password.
const PURPOSES: [Purpose; 3] =
    [Purpose::ResetPassword, Purpose::AcceptInvitation, Purpose::Recover];

/// Uses up a token that was mailed: sets a password, and ends all sessions. The token also
/// proves the address that it was mailed to, so an invited user becomes `active`. The token
/// of a notice also recovers the account.
///
/// # Errors
/// [`AccountError::OneTimeTokenInvalid`]; [`AccountError::EmailTaken`] if the address now
/// belongs to another user; [`AccountError::Busy`].
pub async fn reset(
    context: &Context,
    token: OneTimeToken,
    new: NewPassword,
    device: Device,
) -> Result<(), AccountError> {
    let token = token.hash();
    // Hashing is expensive, so check the token first.
    let (reader, now) = (context.store.reader(), context.clock.now());
    let known = store::one_time_tokens::find(reader, &token, &PURPOSES, now).await?;
    known.ok_or(AccountError::OneTimeTokenInvalid)?;
    let hash = context.hasher.hash(new, &*context.random).await?;

    context
        .write(async move |work| {
            let token = store::one_time_tokens::find(&work, &token, &PURPOSES, work.now).await?;
            let token = token.ok_or(AccountError::OneTimeTokenInvalid)?;
            let user_id = token.user_id;
            lock_claimants(&work, user_id, &token.normalized).await?;
            if !store::one_time_tokens::use_up(&work, user_id, token.id).await? {
                return Err(AccountError::OneTimeTokenInvalid);
            }

            let recovers = token.purpose == Purpose::Recover;
            let event = match token.purpose {
                Purpose::Recover => EventType::AccountRecovered,
                Purpose::AcceptInvitation => EventType::InvitationAccepted,
                Purpose::VerifyEmail | Purpose::ResetPassword => EventType::PasswordReset,
            };
            work.record_from(device, user_id, event, Some(token.email.as_str())).await?;
            if recovers {
                recover(&work, &token).await?;
            } else {
                disown(&work, user_id, &token.normalized).await?;
                prove(&work, user_id, &token.normalized).await?;
                // Revoke all other tokens, because another person may have requested them.
                let others =
                    [Purpose::VerifyEmail, Purpose::ResetPassword, Purpose::AcceptInvitation];
                let all = DateTime::UNIX_EPOCH;
                store::one_time_tokens::revoke(&work, user_id, &others, all).await?;
            }
            store::passwords::set(&work, user_id, hash, work.now).await?;
            store::sessions::delete_all(&work, user_id, None).await?;
            if !recovers {
                work.notify(user_id, MessageKind::PasswordChanged, None).await?;
            }
            Ok(())
        })
        .await
}

/// Removes every address and the phone number that were added to an account before the
/// owner proved the address, because another person may have created the account.
async fn disown(work: &Work, user_id: Uuid, normalized: &str) -> Result<(), AccountError> {
    let emails = store::emails::list(work, user_id).await?;
    if emails.iter().any(|email| email.verified_at.is_some()) {
        return Ok(());
    }
    for other in emails.iter().filter(|other| other.normalized != normalized) {
        store::emails::delete(work, user_id, other.id).await?;
        work.record(user_id, EventType::EmailRemoved, Some(other.email.as_str())).await?;
    }
    store::phone_verifications::revoke(work, user_id).await?;
    let user = store::users::find(work, user_id).await?;
    if let Some(mut user) = user
        && let Some(number) = user.phone_number.clone()
    {
        work.save(&mut user, |user| user.phone_number = None).await?;
        work.record(user_id, EventType::PhoneNumberRemoved, Some(number.as_str())).await?;
    }
    Ok(())
}
