//! Durations on the command line, and their bounds.

use std::time::Duration;

use crate::account::session::TOUCH_INTERVAL;

/// The minimum duration of a session. A shorter session could end between two writes of its
/// last use.
const SHORTEST_SESSION: Duration = TOUCH_INTERVAL.saturating_mul(2);
/// The maximum of all durations. A longer one would leave the range of times that databases
/// store.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// Parses the lifetime or the idle timeout of a session.
pub(super) fn session_duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like `30d`, `12h` or `15m`"))?;
    if (SHORTEST_SESSION..=LONGEST).contains(&duration) {
        Ok(duration)
    } else {
        Err("must be between `10m` and `3650d`".to_owned())
    }
}

/// Parses how long something is kept. Zero is allowed.
pub(super) fn keeping(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like `30d` or `12h`, or `0s`"))?;
    if duration <= LONGEST { Ok(duration) } else { Err("must be at most `3650d`".to_owned()) }
}

/// Parses how long the service waits for a client. Zero would be no time at all.
pub(super) fn waiting(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like `30s` or `2m`"))?;
    if (Duration::from_millis(1)..=LONGEST).contains(&duration) {
        Ok(duration)
    } else {
        Err("must be between `1ms` and `3650d`".to_owned())
    }
}
