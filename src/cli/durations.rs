//! Durations on the command line, and their bounds.

use std::time::Duration;

use crate::account::session::TOUCH_INTERVAL;

/// Shorter sessions would end between two writes of their last use.
const SHORTEST_SESSION: Duration = TOUCH_INTERVAL.saturating_mul(2);
/// Longer ones would leave the range of times that databases store.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// How long a session may live.
pub(super) fn session_duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like `30d`, `12h` or `15m`"))?;
    if (SHORTEST_SESSION..=LONGEST).contains(&duration) {
        Ok(duration)
    } else {
        Err("must be between `10m` and `3650d`".to_owned())
    }
}

/// How long something may be kept; zero is allowed.
pub(super) fn keeping(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like `30d` or `12h`, or `0s`"))?;
    if duration <= LONGEST { Ok(duration) } else { Err("must be at most `3650d`".to_owned()) }
}
