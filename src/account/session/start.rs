//! Starting a session.

use chrono::{DateTime, Utc};
use entity::event::EventType;
use entity::session;
use entity::user::Status;
use uuid::Uuid;

use super::current::Device;
use super::known_client::remember;
use crate::account::{AccountError, Work};
use crate::service::ServerSecret;
use crate::store::{self, Profile};
use crate::value::{DeviceId, Token};

/// The maximum number of sessions per user. Another login ends the session that has not
/// been used for the longest time.
pub const MAX_SESSIONS: u64 = 100;

/// A new session.
pub struct LoggedIn {
    /// The token that opens the session. It is shown once, and only its hash is stored.
    pub token: Token,
    /// When the session ends, however much it is used.
    pub expires_at: DateTime<Utc>,
    /// The user who is logged in.
    pub profile: Profile,
    /// The id by which the device is known from now on.
    pub device_id: DeviceId,
}

/// Starts a session of a locked user, and records `event` as its cause. The device is known
/// from now on.
pub(super) async fn start(
    work: &Work,
    secret: &ServerSecret,
    user_id: Uuid,
    device: Device,
    event: EventType,
) -> Result<LoggedIn, AccountError> {
    let (now, active, token) = (work.now, work.active(), Token::new(work.random().bytes()));
    let session = session::Model {
        id: work.id(),
        user_id,
        token_hash: token.hash().into(),
        created_at: now,
        authenticated_at: now,
        last_used_at: now,
        expires_at: now + work.policy.session_lifetime,
        user_agent: device.user_agent.clone(),
        ip_address: device.ip_address.map(|address| address.to_string()),
    };
    let (session_id, expires_at, token_hash) = (session.id, session.expires_at, token.hash());
    // Make room for the new session first.
    store::sessions::delete_inactive(work, user_id, &active).await?;
    store::sessions::keep_last_used(work, user_id, MAX_SESSIONS - 1).await?;
    store::sessions::insert(work, session).await?;
    let device_id = remember(work, secret, user_id, &device).await?;
    work.record_from(device, user_id, event, None).await?;
    let seen =
        store::users::find_by_session(work, user_id, session_id, &token_hash, &active).await?;
    let profile = seen.map(|seen| seen.profile).ok_or(AccountError::InvalidCredentials)?;
    // From now on, other users who claim the address can't take this user's place at logins.
    if profile.user.status == Status::Pending {
        store::emails::note_login(work, user_id, now).await?;
    }
    Ok(LoggedIn { token, expires_at, profile, device_id })
}
