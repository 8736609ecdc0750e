//! Re-authentication: proving the password again.

use chrono::{DateTime, Utc};
use entity::event::EventType;

use crate::account::limits::{Limit, Spent};
use crate::account::session::Device;
use crate::account::{AccountError, Context, CurrentSession, PasswordProof};
use crate::service::{Lane, Turn};
use crate::store;
use crate::value::{Password, Token};

/// The proof of the password of a session's user.
pub(super) struct Proof {
    pub(super) password: PasswordProof,
    /// The try that was counted. Give it back with the change that the password allows.
    pub(super) spent: Spent,
}

/// Counts a try of the password of a session's user, over all of their sessions, and
/// verifies it. The limit stops the holder of a stolen token from guessing the password.
pub(super) async fn verify_password(
    context: &Context,
    session: CurrentSession,
    password: Password,
    device: &Device,
) -> Result<Proof, AccountError> {
    let (reader, user_id) = (context.store.reader(), session.user_id);
    let budget = context.budget(Limit::Reauthentication, &[user_id.as_bytes()]);
    let spent = context.spend(&device.quotas, vec![budget]).await?;

    let hash = store::passwords::find(reader, user_id).await?;
    let turn = turn(device);
    if let Some(password) = PasswordProof::verify(context, user_id, password, hash, turn).await? {
        return Ok(Proof { password, spent });
    }
    context
        .write(async move |mut work| {
            work.lock(session).await?;
            Ok(work.record(user_id, EventType::WrongPassword, None).await?)
        })
        .await?;
    Err(AccountError::WrongPassword)
}

/// The place in the queue of a user who is logged in on this device. It is that of the network, so
/// that nobody gets more turns by having more accounts.
pub(super) fn turn(device: &Device) -> Turn {
    Turn::new(Lane::KnownClient, device.network())
}

/// The new token of a session.
pub struct Reauthenticated {
    /// The token that opens the session from now on. It is shown once, and only its hash is
    /// stored.
    pub token: Token,
    /// When the session ends, however much it is used. It is the same time as before.
    pub expires_at: DateTime<Utc>,
}

/// Verifies the password, and records that the session has proved it now. Within the
/// re-authentication window, the session may change email addresses and the phone number.
///
/// The session gets another token, and the old one stops working. So a copy of the old token
/// gains nothing (OWASP ASVS 5.0, 7.2.4).
///
/// # Errors
/// [`AccountError::WrongPassword`], [`AccountError::TooMany`],
/// [`AccountError::SessionEnded`], [`AccountError::Busy`].
pub async fn reauthenticate(
    context: &Context,
    session: CurrentSession,
    password: Password,
    device: &Device,
) -> Result<Reauthenticated, AccountError> {
    let CurrentSession { user_id, session_id, .. } = session;
    let Proof { password, spent } = verify_password(context, session, password, device).await?;
    context
        .write(async move |mut work| {
            let expires_at = work.lock_session(session).await?.expires_at;
            // The password may have changed while it was verified.
            if !password.confirm(&work).await? {
                return Err(AccountError::WrongPassword);
            }
            spent.give_back(&work).await?;
            let token = Token::new(work.random().bytes());
            store::sessions::renew(&work, user_id, session_id, &token.hash(), work.now).await?;
            work.record(user_id, EventType::Reauthenticated, None).await?;
            Ok(Reauthenticated { token, expires_at })
        })
        .await
}
