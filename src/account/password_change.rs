//! Changing one's password.

use chrono::DateTime;
use entity::event::Kind as Event;
use entity::one_time_token::Purpose;
use entity::outbox::MessageKind;

use super::history::History;
use super::password::{NewPassword, Password};
use super::post::Post;
use super::reauthentication::check_password;
use super::session::{self, CurrentSession};
use super::{AccountError, Context};
use crate::store;

/// Replaces the user's password, ends all their other sessions, and tells them.
/// The old password is the proof: the session needs not have proved it lately.
///
/// # Errors
/// [`AccountError::WrongPassword`], [`AccountError::TooMany`],
/// [`AccountError::SessionEnded`], [`AccountError::Busy`].
pub async fn change_password(
    context: &Context,
    current: CurrentSession,
    old: Password,
    new: NewPassword,
) -> Result<(), AccountError> {
    let CurrentSession { user_id, session_id, .. } = current;

    // Check the old one and hash the new one before anything is locked.
    let hash = check_password(context, current, old).await?;
    let new_hash = context.hasher.hash(new, &*context.random).await?;

    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let post = Post::new(&context.random, now);
    let history = History::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                session::lock(txn, current, &alive).await?;
                // Of two changes at once, one proved a password that is no more.
                if store::passwords::find(txn.read().await?, user_id).await? != hash {
                    return Err(AccountError::WrongPassword);
                }
                store::passwords::set(txn, user_id, new_hash, now).await?;
                store::sessions::authenticate(txn, user_id, session_id, now).await?;
                store::sessions::delete_all(txn, user_id, Some(session_id)).await?;
                history.by(txn, current, Event::PasswordChanged, None).await?;
                let resets = [Purpose::ResetPassword];
                store::one_time_tokens::revoke(txn, user_id, &resets, DateTime::UNIX_EPOCH).await?;
                post.notify(txn, user_id, MessageKind::PasswordChanged, None, now).await
            })
        })
        .await
}
