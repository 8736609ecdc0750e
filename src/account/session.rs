//! Sessions: how long they live, what they know, how they end.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::event::Kind as Event;
use entity::session;
use uuid::Uuid;

use super::history::History;
use super::status::may_act;
use super::token::TokenHash;
use super::{AccountError, Context};
use crate::store::sessions::{Alive, Opened};
use crate::store::users::Seen;
use crate::store::{self, Profile, Transaction};

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
        alive(self.idle, now)
    }
}

/// Which sessions are alive at `now`, if one lives for `idle` without being used.
pub(super) fn alive(idle: Duration, now: DateTime<Utc>) -> Alive {
    Alive { now, used_after: now - idle }
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
    /// When it was last used: now, or, if that is too recent to be written anew,
    /// what is written.
    pub used_at: DateTime<Utc>,
}

/// When the use of a session has to be noted next.
#[must_use]
pub fn touch_due(used_at: DateTime<Utc>) -> DateTime<Utc> {
    used_at + TOUCH_INTERVAL
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
    let opened = store::sessions::open(context.store.reader(), &token, &alive).await?;
    let opened = opened.filter(|opened| may_act(opened.status));
    Ok(opened.map(|Opened { user_id, session_id, last_used_at, .. }| {
        use_now(context, CurrentSession { user_id, session_id, used_at: last_used_at }, now)
    }))
}

/// Notes that a session is used now, if it is time to.
pub(super) fn use_now(
    context: &Context,
    session: CurrentSession,
    now: DateTime<Utc>,
) -> CurrentSession {
    if touch_due(session.used_at) <= now && context.afterwards.note_use(session, now) {
        CurrentSession { used_at: now, ..session }
    } else {
        session
    }
}

/// Locks the user until the transaction ends. Refuses a user who left, and a
/// session that ended, while the request was on its way: an answered log out,
/// revocation or deletion stops what was sent before it.
pub(super) async fn lock(
    txn: &Transaction,
    current: CurrentSession,
    alive: &Alive,
) -> Result<Profile, AccountError> {
    lock_and_see(txn, current, alive).await.map(|seen| seen.profile)
}

/// The same, and refuses a session that has not proved the password within `window`.
pub(super) async fn lock_authenticated(
    txn: &Transaction,
    current: CurrentSession,
    alive: &Alive,
    window: Duration,
) -> Result<Profile, AccountError> {
    let seen = lock_and_see(txn, current, alive).await?;
    if seen.authenticated_at + window <= alive.now {
        return Err(AccountError::ReauthenticationRequired);
    }
    Ok(seen.profile)
}

async fn lock_and_see(
    txn: &Transaction,
    current: CurrentSession,
    alive: &Alive,
) -> Result<Seen, AccountError> {
    let CurrentSession { user_id, session_id, .. } = current;
    store::users::lock(txn, user_id).await?;
    store::users::see(txn, user_id, session_id, alive)
        .await?
        .filter(|seen| may_act(seen.profile.user.status))
        .ok_or(AccountError::SessionEnded)
}

/// The user's living sessions, newest first.
///
/// # Errors
/// [`AccountError::SessionEnded`].
pub async fn list(
    context: &Context,
    current: CurrentSession,
) -> Result<Vec<session::Model>, AccountError> {
    let alive = context.sessions.alive(context.clock.now());
    let mut sessions =
        store::sessions::list(context.store.reader(), current.user_id, &alive).await?;
    // It may have ended after it let the request in.
    let own = sessions.iter_mut().find(|session| session.id == current.session_id);
    let own = own.ok_or(AccountError::SessionEnded)?;
    // That it is used right now may not be written yet.
    own.last_used_at = own.last_used_at.max(current.used_at);
    Ok(sessions)
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
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let history = History::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                lock(txn, current, &alive).await?;
                let is_own = session_id == current.session_id;
                let event = if is_own { Event::LoggedOut } else { Event::SessionEnded };
                history.by(txn, current, event, None).await?;
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
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let history = History::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                lock(txn, current, &alive).await?;
                history.by(txn, current, Event::OtherSessionsEnded, None).await?;
                let CurrentSession { user_id, session_id, .. } = current;
                Ok(store::sessions::delete_all(txn, user_id, Some(session_id)).await?)
            })
        })
        .await
}
