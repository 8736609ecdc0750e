//! Changing the password of the user of a session.

use chrono::DateTime;
use entity::event::EventType;
use entity::one_time_token::Purpose;
use entity::outbox::MessageKind;

use super::reauthentication::{Proof, turn, verify_password};
use crate::account::session::Device;
use crate::account::{AccountError, Context, CurrentSession};
use crate::store;
use crate::value::{NewPassword, Password};

/// Replaces the user's password, ends all their other sessions, and notifies them. The
/// old password is the proof, so the session needs no recent re-authentication.
///
/// # Errors
/// [`AccountError::WrongPassword`], [`AccountError::PasswordRefused`], [`AccountError::TooMany`],
/// [`AccountError::SessionEnded`], [`AccountError::Busy`].
pub async fn change(
    context: &Context,
    session: CurrentSession,
    old: Password,
    new: NewPassword,
    device: &Device,
) -> Result<(), AccountError> {
    let CurrentSession { user_id, session_id, .. } = session;

    // Check both passwords and hash the new one before anything is locked. A new one that is
    // refused counts as no try of the old one.
    context.password_rules.check_for(context.store.reader(), &new, user_id).await?;
    let Proof { password, spent } = verify_password(context, session, old, device).await?;
    let new_hash = context.hasher.hash(new, &*context.random, turn(device)).await?;

    context
        .write(async move |mut work| {
            work.lock(session).await?;
            // Another change may have replaced the old password after it was verified.
            if !password.confirm(&work).await? {
                return Err(AccountError::WrongPassword);
            }
            spent.give_back(&work).await?;
            store::passwords::set(&work, user_id, new_hash, work.now).await?;
            // The session keeps its token, so it does not count as re-authenticated. A copy of the
            // token must not gain anything.
            work.note_authenticated();
            store::sessions::delete_all(&work, user_id, Some(session_id)).await?;
            work.record(user_id, EventType::PasswordChanged, None).await?;
            let (resets, all) = ([Purpose::ResetPassword], DateTime::UNIX_EPOCH);
            store::one_time_tokens::revoke(&work, user_id, &resets, all).await?;
            Ok(work.notify(user_id, MessageKind::PasswordChanged, None).await?)
        })
        .await
}
