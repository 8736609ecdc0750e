//! The rules that the operator sets.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::limits::Limits;
use crate::store::sessions::Active;
use crate::value::Countries;

/// The rules that the operator sets. Each field has the name of a flag of `serve`.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The time from login to the end of a session, however much it is used.
    pub session_lifetime: Duration,
    /// The time from the last use of a session to its end.
    pub session_idle_timeout: Duration,
    /// The time after proving the password in which a session may change email addresses
    /// and the phone number.
    pub reauthentication_window: Duration,
    /// How long a deleted account can be restored.
    pub deletion_grace: Duration,
    /// How long events are kept.
    pub event_retention: Duration,
    /// How long an account is kept whose user has verified no address. Zero keeps it for ever.
    pub unverified_retention: Duration,
    /// The countries to which SMS are sent.
    pub sms_countries: Countries,
    /// The limits. `None` turns all of them off.
    pub limits: Option<Limits>,
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Default for Policy {
    fn default() -> Self {
        Self {
            session_lifetime: 30 * DAY,
            session_idle_timeout: 7 * DAY,
            reauthentication_window: 15 * MINUTE,
            deletion_grace: 30 * DAY,
            event_retention: 365 * DAY,
            unverified_retention: 30 * DAY,
            sms_countries: Countries::default(),
            limits: Some(Limits::default()),
        }
    }
}

impl Policy {
    /// The condition for a session to be active at `now`.
    #[must_use]
    pub fn active(&self, now: DateTime<Utc>) -> Active {
        Active { now, used_after: now - self.session_idle_timeout }
    }
}
