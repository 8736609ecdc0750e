//! Reading the profile of the user of a session.

use chrono::{DateTime, Utc};

use crate::account::session::{CurrentSession, use_now};
use crate::account::{AccountError, Context, may_act};
use crate::store::{self, Profile, SessionUser};
use crate::value::TokenHash;

/// A profile that was read through an active session.
#[derive(Debug)]
pub struct Reading {
    /// The session.
    pub session: CurrentSession,
    /// The profile of the user.
    pub profile: Profile,
    /// The time at which the next session of the user expires. Until then, the profile
    /// stays the same unless a request changes it.
    pub valid_until: DateTime<Utc>,
}

/// Reads the profile of the user whose session a token opens, and records that the session
/// was used. Returns `None` if the token opens no active session.
///
/// # Errors
/// Only faults of the service.
pub async fn read(context: &Context, token: TokenHash) -> Result<Option<Reading>, AccountError> {
    let now = context.clock.now();
    let active = context.policy.active(now);
    let seen = store::users::find_by_token(context.store.reader(), &token, &active).await?;
    let seen = seen.filter(|seen| may_act(seen.profile.user.status));
    Ok(seen.map(|seen| {
        let SessionUser {
            profile, session_id, last_used_at, first_expires_at, first_used_at, ..
        } = seen;
        let user_id = profile.user.id;
        let session =
            CurrentSession { user_id, session_id, token_hash: token, used_at: last_used_at };
        let session = use_now(context, session, now);
        let idle_timeout = context.policy.session_idle_timeout;
        let valid_until = first_expires_at.min(first_used_at + idle_timeout);
        Reading { session, profile, valid_until }
    }))
}
