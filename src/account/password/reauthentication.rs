//! Re-authentication: proving the password again.

use std::time::Duration;

use entity::event::EventType;

use crate::account::{AccountError, Context, CurrentSession, RateLimit};
use crate::store;
use crate::value::Password;

/// The rate limit of wrong passwords, over all sessions of a user. It stops the holder of a
/// stolen token from guessing the password.
const WRONG_PASSWORDS: RateLimit = RateLimit { max: 10, window: Duration::from_secs(60 * 60) };

/// Verifies the password of a session's user. Returns its hash.
pub(super) async fn verify_password(
    context: &Context,
    session: CurrentSession,
    password: Password,
) -> Result<Option<String>, AccountError> {
    let (reader, user_id) = (context.store.reader(), session.user_id);
    let (event, max) = (EventType::WrongPassword, WRONG_PASSWORDS.max as u64);
    let wrong = store::events::latest(reader, user_id, event, max).await?;
    WRONG_PASSWORDS.check(wrong, context.clock.now())?;

    let hash = store::passwords::find(reader, user_id).await?;
    if context.hasher.verify(password, hash.clone()).await? {
        return Ok(hash);
    }
    context
        .write(async move |mut work| {
            work.lock(session).await?;
            Ok(work.record(user_id, event, None).await?)
        })
        .await?;
    Err(AccountError::WrongPassword)
}

/// Verifies the password, and records that the session has proved it now. Within the
/// re-authentication window, the session may change email addresses and the phone number.
///
/// # Errors
/// [`AccountError::WrongPassword`], [`AccountError::TooMany`],
/// [`AccountError::SessionEnded`], [`AccountError::Busy`].
pub async fn reauthenticate(
    context: &Context,
    session: CurrentSession,
    password: Password,
) -> Result<(), AccountError> {
    let CurrentSession { user_id, session_id, .. } = session;
    let hash = verify_password(context, session, password).await?;
    context
        .write(async move |mut work| {
            work.lock(session).await?;
            // The password may have changed while it was verified.
            if store::passwords::find(&work, user_id).await? != hash {
                return Err(AccountError::WrongPassword);
            }
            store::sessions::set_authenticated(&work, user_id, session_id, work.now).await?;
            Ok(work.record(user_id, EventType::Reauthenticated, None).await?)
        })
        .await
}
