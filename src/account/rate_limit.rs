//! Rate limits: how often something may be requested.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::AccountError;
use crate::store::outbox::Requested;

/// At most `max` requests within `window`.
#[derive(Clone, Copy, Debug)]
pub(super) struct RateLimit {
    pub(super) max: usize,
    pub(super) window: Duration,
}

impl RateLimit {
    /// The beginning of the window that ends at `now`. Only requests after it count.
    pub(super) fn since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.window
    }

    /// Refuses another message if the messages that were requested before have reached
    /// the limit. A message that was sent in several attempts counts once.
    pub(super) fn check_messages(
        self,
        mut requested: Vec<Requested>,
        now: DateTime<Utc>,
    ) -> Result<(), AccountError> {
        requested.sort_unstable();
        requested.dedup();
        self.check(requested.into_iter().map(|(_, time)| time).collect(), now)
    }

    /// Refuses another request if the earlier requests, at `times`, have reached the
    /// limit.
    pub(super) fn check(
        self,
        mut times: Vec<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), AccountError> {
        times.retain(|time| *time > self.since(now));
        times.sort_unstable();
        // Another request is allowed when this one leaves the window.
        let Some(first) = times.len().checked_sub(self.max).and_then(|one| times.get(one)) else {
            return Ok(());
        };
        let retry_after = (*first + self.window - now).to_std().unwrap_or_default();
        Err(AccountError::TooMany { retry_after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_is_free_when_the_oldest_leaves_the_window() {
        let limit = RateLimit { max: 2, window: Duration::from_secs(60) };
        let at = |seconds| DateTime::from_timestamp_secs(seconds).unwrap();
        assert!(limit.check(vec![at(100)], at(110)).is_ok());
        let refused = limit.check(vec![at(105), at(100)], at(110)).unwrap_err();
        assert!(
            matches!(refused, AccountError::TooMany { retry_after } if retry_after.as_secs() == 50)
        );
        assert!(limit.check(vec![at(105), at(100)], at(160)).is_ok());
    }
}
