//! The sliding window in which requests count.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// How long a request counts.
pub const WINDOW: Duration = Duration::from_secs(60 * 60);

/// The maximum number of requests that have an entry each. Where a limit allows more, those
/// of the same minute share one entry, so that a row stays small.
const EXACT: u32 = 100;

/// The bytes of one entry: its time in microseconds, and its number of requests.
const ENTRY: usize = 12;

/// The requests of the last hour, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Window(Vec<Entry>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    /// When the last of the requests was made. So none of them is forgotten too early.
    at: DateTime<Utc>,
    count: u32,
}

impl Window {
    /// Reads a stored window, without the requests that no longer count at `now`.
    pub(super) fn decode(bytes: &[u8], now: DateTime<Utc>) -> Self {
        let entries = bytes.chunks_exact(ENTRY).filter_map(|entry| {
            let (at, count) = entry.split_first_chunk::<8>()?;
            let at = DateTime::from_timestamp_micros(i64::from_be_bytes(*at))?;
            let count = u32::from_be_bytes(*count.first_chunk()?);
            // A clock that was far ahead must not make a request count for ever.
            (now < at + WINDOW && at < now + WINDOW).then_some(Entry { at, count })
        });
        Self(entries.collect())
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let bytes = self.0.iter().flat_map(|entry| {
            let at = entry.at.timestamp_micros().to_be_bytes();
            at.into_iter().chain(entry.count.to_be_bytes())
        });
        bytes.collect()
    }

    pub(super) fn count(&self) -> u32 {
        self.0.iter().map(|entry| entry.count).sum()
    }

    /// When the first request stops counting.
    pub(super) fn next_free(&self) -> Option<DateTime<Utc>> {
        self.0.first().map(|entry| entry.at + WINDOW)
    }

    /// When the window has no requests any more, if none is added.
    pub(super) fn expires_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.0.last().map_or(now, |entry| entry.at + WINDOW)
    }

    /// Until when the window allows no further request. `None` if it allows one now.
    pub(super) fn refused_until(&self, max: u32) -> Option<DateTime<Utc>> {
        let mut left = self.count();
        if left < max {
            return None;
        }
        self.0.iter().find_map(|entry| {
            left -= entry.count;
            (left < max).then_some(entry.at + WINDOW)
        })
    }

    /// Counts a request.
    pub(super) fn add(&mut self, now: DateTime<Utc>, max: u32) {
        match self.0.last_mut() {
            // Another node's clock may be ahead.
            Some(last) if last.at >= now => last.count += 1,
            Some(last) if max > EXACT && last.at.timestamp() / 60 == now.timestamp() / 60 => {
                *last = Entry { at: now, count: last.count + 1 };
            }
            _ => self.0.push(Entry { at: now, count: 1 }),
        }
    }

    /// Takes back a request that was counted at `at`, unless it no longer counts.
    pub(super) fn remove(&mut self, at: DateTime<Utc>) {
        if let Some(entry) = self.0.iter_mut().find(|entry| entry.at >= at) {
            entry.count -= 1;
        }
        self.0.retain(|entry| entry.count > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_secs(seconds).unwrap()
    }

    fn window(times: &[i64], max: u32) -> Window {
        let mut window = Window::default();
        for time in times {
            window.add(at(*time), max);
        }
        window
    }

    #[test]
    fn another_request_is_allowed_when_the_oldest_leaves_the_window() {
        let full = window(&[100, 105], 2);
        assert_eq!(full.refused_until(2), Some(at(3700)));
        assert_eq!(full.refused_until(3), None);
        assert_eq!(Window::decode(&full.encode(), at(3699)), full);
        let later = Window::decode(&full.encode(), at(3700));
        assert_eq!((later.count(), later.refused_until(2)), (1, None));
        assert_eq!(later.expires_at(at(3700)), at(3705));
    }

    #[test]
    fn with_a_lower_limit_more_requests_have_to_leave() {
        assert_eq!(window(&[100, 200, 300], 9).refused_until(2), Some(at(3800)));
    }

    #[test]
    fn a_request_that_is_taken_back_does_not_count() {
        let mut window = window(&[100, 100, 200], 9);
        window.remove(at(100));
        assert_eq!(window.count(), 2);
        window.remove(at(200));
        window.remove(at(200));
        assert_eq!(window.encode(), self::window(&[100], 9).encode());
    }

    #[test]
    fn many_requests_take_little_room_and_none_is_forgotten_early() {
        let times: Vec<i64> = (0..3600).collect();
        let many = window(&times, 3600);
        assert_eq!(many.count(), 3600);
        assert!(many.encode().len() <= 61 * ENTRY);
        // The first minute ends with second 59.
        assert_eq!(many.refused_until(3600), Some(at(3659)));
    }

    #[test]
    fn a_clock_that_was_far_ahead_leaves_nothing_behind() {
        let ahead = window(&[100, 3700, 1_000_000], 9);
        let later = Window::decode(&ahead.encode(), at(200));
        assert_eq!((later.count(), later.expires_at(at(200))), (2, at(7300)));
    }

    #[test]
    fn bytes_that_are_no_window_are_an_empty_one() {
        assert_eq!(Window::decode(&[1, 2, 3], at(0)), Window::default());
    }
}
