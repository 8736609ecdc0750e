//! Sessions: how long they live, what they know, how they end.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::session;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::status::may_act;
use super::token::TokenHash;
use super::{AccountError, Context};
use crate::store;
use crate::store::sessions::{Alive, Opened};

/// Most sessions of one user. Logging in once more ends the one that was not
/// used for the longest time.
pub const MAX_SESSIONS: u64 = 100;

/// How often `lastUsedAt` is written at most.
pub const TOUCH_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// From log in to the end, however much the session is used.
    pub absolute: Duration,
    /// From the last use to the end.
    pub idle: Duration,
}

impl Lifetimes {
    /// Which sessions are alive at `now`.
    #[must_use]
    pub fn alive(&self, now: DateTime<Utc>) -> Alive {
        Alive { now, used_after: now - self.idle }
    }
}

/// What is known of the device that logs in.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// Its `User-Agent` header.
    pub user_agent: Option<String>,
    /// The address it connects from.
    pub ip_address: Option<IpAddr>,
}

/// A user and the session that they use right now.
#[derive(Clone, Copy, Debug)]
pub struct CurrentSession {
    /// Who.
    pub user_id: Uuid,
    /// Through which session.
    pub session_id: Uuid,
}

/// The living session that a token opens, if there is one. Notes that it was
/// used.
///
/// # Errors
/// Only faults of the service.
pub async fn authenticate(
    context: &Context,
    token: TokenHash,
) -> Result<Option<CurrentSession>, AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let found = store::sessions::find_by_token(context.store.reader(), &token, &alive).await?;
    let Some(Opened { session, .. }) = found.filter(|opened| may_act(opened.status)) else {
        return Ok(None);
    };
    if now - session.last_used_at >= TimeDelta::seconds(TOUCH_INTERVAL.as_secs().cast_signed()) {
        touch(context, session.id, now).await;
    }
    Ok(Some(CurrentSession { user_id: session.user_id, session_id: session.id }))
}

/// A request must not fail because its session could not be touched: the next
/// one will try again.
async fn touch(context: &Context, session_id: Uuid, now: DateTime<Utc>) {
    let touched: Result<(), AccountError> = context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let before = now - TOUCH_INTERVAL;
                Ok(store::sessions::touch(txn, session_id, now, before).await?)
            })
        })
        .await;
    if let Err(error) = touched {
        tracing::warn!(%session_id, %error, "a session's last use was not written");
    }
}

/// Locks the user until the transaction ends. Refuses a user who left, and a
/// session that ended, while the request was on its way: an answered log out,
/// revocation or deletion stops what was sent before it.
pub(super) async fn lock(
    txn: &DatabaseTransaction,
    current: CurrentSession,
    alive: &Alive,
) -> Result<(), AccountError> {
    let CurrentSession { user_id, session_id } = current;
    let user = store::users::lock(txn, user_id).await?;
    let may_act = user.is_some_and(|user| may_act(user.status));
    match may_act && store::sessions::is_alive(txn, user_id, session_id, alive).await? {
        true => Ok(()),
        false => Err(AccountError::SessionEnded),
    }
}

/// The user's living sessions, newest first.
///
/// # Errors
/// Only faults of the service.
pub async fn list(
    context: &Context,
    current: CurrentSession,
) -> Result<Vec<session::Model>, AccountError> {
    let alive = context.sessions.alive(context.clock.now());
    Ok(store::sessions::list(context.store.reader(), current.user_id, &alive).await?)
}

/// Ends one session of the user.
///
/// # Errors
/// [`AccountError::SessionNotFound`] when the user has no such living session,
/// [`AccountError::SessionEnded`].
pub async fn revoke(
    context: &Context,
    current: CurrentSession,
    session_id: Uuid,
) -> Result<(), AccountError> {
    let alive = context.sessions.alive(context.clock.now());
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                lock(txn, current, &alive).await?;
                match store::sessions::delete(txn, current.user_id, session_id, &alive).await? {
                    true => Ok(()),
                    false => Err(AccountError::SessionNotFound),
                }
            })
        })
        .await
}

/// Ends all sessions of the user but the one in use.
///
/// # Errors
/// [`AccountError::SessionEnded`].
pub async fn revoke_others(context: &Context, current: CurrentSession) -> Result<(), AccountError> {
    let alive = context.sessions.alive(context.clock.now());
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                lock(txn, current, &alive).await?;
                let CurrentSession { user_id, session_id } = current;
                Ok(store::sessions::delete_all(txn, user_id, Some(session_id)).await?)
            })
        })
        .await
}
