//! Proving once more that it is still the same person.

use std::time::Duration;

use entity::event::Kind as Event;

use super::history::History;
use super::limit::Limit;
use super::password::Password;
use super::session::{self, CurrentSession};
use super::{AccountError, Context};
use crate::store;

/// How many wrong passwords are taken of the sessions of a user: whoever has got hold
/// of a token must not guess the password with it.
const WRONG_PASSWORDS: Limit = Limit { most: 10, window: Duration::from_secs(60 * 60) };

/// Checks the password of a session's user. Returns its hash.
pub(super) async fn check_password(
    context: &Context,
    current: CurrentSession,
    password: Password,
) -> Result<Option<String>, AccountError> {
    let now = context.clock.now();
    let reader = context.store.reader();
    let (user_id, most) = (current.user_id, WRONG_PASSWORDS.most as u64);
    let wrong = store::events::latest(reader, user_id, Event::WrongPassword, most).await?;
    WRONG_PASSWORDS.check(wrong, now)?;

    let hash = store::passwords::find(reader, user_id).await?;
    if context.hasher.verify(password, hash.clone()).await? {
        return Ok(hash);
    }
    let alive = context.sessions.alive(now);
    let history = History::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                session::lock(txn, current, &alive).await?;
                history.by(txn, current, Event::WrongPassword, None).await
            })
        })
        .await?;
    Err(AccountError::WrongPassword)
}

/// Notes that the session has proved the password now. For a while it may do what
/// could take the account over.
///
/// # Errors
/// [`AccountError::WrongPassword`], [`AccountError::TooMany`],
/// [`AccountError::SessionEnded`], [`AccountError::Busy`].
pub async fn reauthenticate(
    context: &Context,
    current: CurrentSession,
    password: Password,
) -> Result<(), AccountError> {
    let CurrentSession { user_id, session_id, .. } = current;
    let hash = check_password(context, current, password).await?;
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let history = History::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                session::lock(txn, current, &alive).await?;
                // The password may have changed while it was checked.
                if store::passwords::find(txn.read().await?, user_id).await? != hash {
                    return Err(AccountError::WrongPassword);
                }
                store::sessions::authenticate(txn, user_id, session_id, now).await?;
                history.by(txn, current, Event::Reauthenticated, None).await
            })
        })
        .await
}
