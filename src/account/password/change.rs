//! Changing the password of the user of a session.

use chrono::DateTime;
use entity::event::EventType;
use entity::one_time_token::Purpose;
use entity::outbox::MessageKind;

use super::reauthentication::verify_password;
use crate::account::{AccountError, Context, CurrentSession};
use crate::store;
use crate::value::{NewPassword, Password};

/// Replaces the user's password, ends all their other sessions, and notifies them. The
/// old password is the proof, so the session needs no recent re-authentication.
///
/// # Errors
/// [`AccountError::WrongPassword`], [`AccountError::TooMany`],
/// [`AccountError::SessionEnded`], [`AccountError::Busy`].
pub async fn change(
    context: &Context,
    session: CurrentSession,
    old: Password,
    new: NewPassword,
) -> Result<(), AccountError> {
    let CurrentSession { user_id, session_id, .. } = session;

    // Verify the old password and hash the new one before anything is locked.
    let hash = verify_password(context, session, old).await?;
    let new_hash = context.hasher.hash(new, &*context.random).await?;

    context
        .write(async move |mut work| {
            work.lock(session).await?;
            // Another change may have replaced the old password after it was verified.
            if store::passwords::find(&work, user_id).await? != hash {
                return Err(AccountError::WrongPassword);
            }
            store::passwords::set(&work, user_id, new_hash, work.now).await?;
            store::sessions::set_authenticated(&work, user_id, session_id, work.now).await?;
            store::sessions::delete_all(&work, user_id, Some(session_id)).await?;
            work.record(user_id, EventType::PasswordChanged, None).await?;
            let (resets, all) = ([Purpose::ResetPassword], DateTime::UNIX_EPOCH);
            store::one_time_tokens::revoke(&work, user_id, &resets, all).await?;
            Ok(work.notify(user_id, MessageKind::PasswordChanged, None).await?)
        })
        .await
}
