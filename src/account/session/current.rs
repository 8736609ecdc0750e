//! The session that sends a request, and the device that a session begins on.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// `lastUsedAt` is written at most once in this time.
pub const TOUCH_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// A living session, as its token has opened it.
#[derive(Clone, Copy, Debug)]
pub struct CurrentSession {
    /// The user's id.
    pub user_id: Uuid,
    /// The session's id.
    pub session_id: Uuid,
    /// When it was last used: now, or the time that is stored if that is too recent to be
    /// written again.
    pub used_at: DateTime<Utc>,
}

impl CurrentSession {
    /// When the use of the session has to be written next.
    #[must_use]
    pub fn touch_due(&self) -> DateTime<Utc> {
        self.used_at + TOUCH_INTERVAL
    }
}

/// What is known of the device that sends a request.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// Its `User-Agent` header.
    pub user_agent: Option<String>,
    /// The address that it connects from.
    pub ip_address: Option<IpAddr>,
}
