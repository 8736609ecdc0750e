//! Opening a session by its token.

use chrono::{DateTime, Utc};

use super::current::CurrentSession;
use crate::account::{AccountError, Context, may_act, security_log};
use crate::store;
use crate::store::sessions::Opened;
use crate::value::TokenHash;

/// Finds the active session that a token opens, and notes that it was used. Returns `None`
/// if there is no such session.
///
/// # Errors
/// Only faults of the service.
pub async fn authenticate(
    context: &Context,
    token: TokenHash,
) -> Result<Option<CurrentSession>, AccountError> {
    let now = context.clock.now();
    let active = context.policy.active(now);
    let opened = store::sessions::open(context.store.reader(), &token, &active).await?;
    let opened = opened.filter(|opened| may_act(opened.status));
    Ok(opened.map(|Opened { user_id, session_id, last_used_at, .. }| {
        let session =
            CurrentSession { user_id, session_id, token_hash: token, used_at: last_used_at };
        use_now(context, session, now)
    }))
}

/// Notes that a session is used now, if a note is due.
pub(in crate::account) fn use_now(
    context: &Context,
    session: CurrentSession,
    now: DateTime<Utc>,
) -> CurrentSession {
    security_log::concerns(session.user_id);
    if session.touch_due() <= now && context.activity.note_use(session, now) {
        CurrentSession { used_at: now, ..session }
    } else {
        session
    }
}
