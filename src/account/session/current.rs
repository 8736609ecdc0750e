//! The session of a request, and the device that sent it.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::account::limits::Quotas;
use crate::value::{DeviceId, Network, TokenHash};

/// The minimum time between two writes of `lastUsedAt`.
pub const TOUCH_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// An active session that was opened by its token.
#[derive(Clone, Copy, Debug)]
pub struct CurrentSession {
    /// The user's id.
    pub user_id: Uuid,
    /// The session's id.
    pub session_id: Uuid,
    /// The hash of the token of the request.
    pub token_hash: TokenHash,
    /// When the session was last used: now, or the stored time if that is too recent to be
    /// written again.
    pub used_at: DateTime<Utc>,
}

impl CurrentSession {
    /// When the next use of the session has to be written.
    #[must_use]
    pub fn touch_due(&self) -> DateTime<Utc> {
        self.used_at + TOUCH_INTERVAL
    }
}

/// The device that sends a request.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// Its `User-Agent` header.
    pub user_agent: Option<String>,
    /// The address that it connects from.
    pub ip_address: Option<IpAddr>,
    /// Its device cookie, if an account was opened on it before.
    pub id: Option<DeviceId>,
    /// The quotas of the limits that apply to its request.
    pub quotas: Quotas,
}

impl Device {
    /// The bytes of the network that it connects from. Empty if it is not known.
    pub(in crate::account) fn network(&self) -> Vec<u8> {
        self.ip_address.map_or_else(Vec::new, |address| Network::of(address).bytes())
    }
}
