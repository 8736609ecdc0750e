//! Setting a new password with a token that was mailed.

use chrono::DateTime;
use entity::email;
use entity::event::EventType;
use entity::one_time_token::Purpose;
use entity::outbox::MessageKind;
use uuid::Uuid;

use super::recovery::recover;
use super::recovery_tokens::end_needless;
use crate::account::emails::{lock_claimants, prove};
use crate::account::session::{Device, forget_refusals, remember};
use crate::account::{AccountError, Context, Work, may_act};
use crate::service::{Lane, Turn};
use crate::store;
use crate::value::{DeviceId, NewPassword, OneTimeToken, TextValue as _};

/// The purposes of tokens that set a password.
const PURPOSES: [Purpose; 3] =
    [Purpose::ResetPassword, Purpose::AcceptInvitation, Purpose::Recover];

/// Uses up a token that was mailed: sets a password, and ends all sessions. The token also
/// proves the address that it was mailed to, so an invited user becomes `active`. The token
/// of a notice also recovers the account. Returns the id by which the device is known from
/// now on.
///
/// # Errors
/// [`AccountError::OneTimeTokenInvalid`]; [`AccountError::EmailTaken`] if the address now
/// belongs to another user; [`AccountError::PasswordRefused`]; [`AccountError::Busy`].
pub async fn reset(
    context: &Context,
    token: OneTimeToken,
    new: NewPassword,
    device: Device,
) -> Result<DeviceId, AccountError> {
    let token = token.hash();
    // Hashing is expensive, so check first whether the token can succeed.
    let (reader, now) = (context.store.reader(), context.clock.now());
    let known = store::one_time_tokens::find(reader, &token, &PURPOSES, now).await?;
    let known = known.ok_or(AccountError::OneTimeTokenInvalid)?;
    let user_id = known.user_id;
    if known.purpose != Purpose::Recover {
        check_owner(&store::emails::list(reader, user_id).await?, &known.normalized)?;
        let user = store::users::find(reader, user_id).await?;
        user.filter(|user| may_act(user.status)).ok_or(AccountError::OneTimeTokenInvalid)?;
    }
    context.password_rules.check_for(reader, &new, user_id).await?;
    let turn = Turn::new(Lane::Other, device.network());
    let hash = context.hasher.hash(new, &*context.random, turn).await?;
    let (secret, forgotten) = (context.secret.clone(), device.clone());

    let device_id = context
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
            // Another person may have opened the account from the clients that are known so far.
            store::known_clients::delete_all(&work, user_id).await?;
            let device_id = remember(&work, &secret, user_id, &device).await?;
            work.record_from(device, user_id, event, Some(token.email.as_str())).await?;
            if recovers {
                recover(&work, &token).await?;
            } else {
                disown_unproved(&work, user_id, &token.normalized).await?;
                prove(&work, user_id, &token.normalized).await?;
                // Revoke all other tokens, because another person may have requested them.
                let others =
                    [Purpose::VerifyEmail, Purpose::ResetPassword, Purpose::AcceptInvitation];
                let all = DateTime::UNIX_EPOCH;
                store::one_time_tokens::revoke(&work, user_id, &others, all).await?;
            }
            end_needless(&work, user_id).await?;
            store::passwords::set(&work, user_id, hash, work.now).await?;
            store::sessions::delete_all(&work, user_id, None).await?;
            match token.purpose {
                // The recipient of the notice knows.
                Purpose::Recover => {}
                Purpose::AcceptInvitation => {
                    work.notify(user_id, MessageKind::PasswordChanged, None).await?;
                }
                Purpose::VerifyEmail | Purpose::ResetPassword => {
                    tell_all_addresses(&work, user_id, token.email.as_str()).await?;
                }
            }
            Ok(device_id)
        })
        .await?;
    // The client is known from now on.
    forget_refusals(context, &forgotten);
    Ok(device_id)
}

/// Tells every verified address of the user that the password was reset with a token that was
/// mailed to `by`. The address that was used is one of them.
async fn tell_all_addresses(work: &Work, user_id: Uuid, by: &str) -> Result<(), AccountError> {
    let (kind, by) = (MessageKind::PasswordReset, Some(by));
    work.notify(user_id, kind, by).await?;
    let emails = store::emails::list(work, user_id).await?;
    let others = emails.iter().filter(|email| email.verified_at.is_some() && !email.is_default);
    for email in others {
        work.send(kind, Some(user_id), email.email.as_str(), by).await?;
    }
    Ok(())
}

/// Decides about everything that was added to the account before the owner proved the address
/// that resets the password.
///
/// A verified address was proved in a session of the account, or by setting its password. So its
/// owner could have added the other addresses, and they stay. An address that is not verified
/// proves nothing of the kind: another person may have created the account. If no address is
/// verified, the owner of this one gets the account, without anything that was added to it. If
/// another address is verified, the account belongs to its owner, and the token is refused.
async fn disown_unproved(work: &Work, user_id: Uuid, normalized: &str) -> Result<(), AccountError> {
    let emails = store::emails::list(work, user_id).await?;
    check_owner(&emails, normalized)?;
    if emails.iter().any(|email| email.verified_at.is_some()) {
        return Ok(());
    }
    for other in emails.iter().filter(|email| email.normalized != normalized) {
        store::emails::delete(work, user_id, other.id).await?;
        work.record(user_id, EventType::EmailRemoved, Some(other.email.as_str())).await?;
    }
    remove_phone_number(work, user_id).await
}

/// Refuses a token that was mailed to an address which is not verified, if another one is.
fn check_owner(emails: &[email::Model], normalized: &str) -> Result<(), AccountError> {
    let verified: Vec<_> = emails.iter().filter(|email| email.verified_at.is_some()).collect();
    let is_this = |email: &&email::Model| email.normalized == normalized;
    let is_others = !verified.is_empty() && !verified.iter().any(is_this);
    if is_others { Err(AccountError::OneTimeTokenInvalid) } else { Ok(()) }
}

async fn remove_phone_number(work: &Work, user_id: Uuid) -> Result<(), AccountError> {
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
