//! What a connection does, and how long it may go on doing it.
//!
//! Requests only note what they do, in a few atomic variables. One timer per connection looks at
//! these from time to time. No timer is set or moved for a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::Instant;

use super::settings::Settings;

/// How long a connection may do what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    /// Until the head of the first request has arrived.
    pub(super) head: Duration,
    /// Without a request, after the first one.
    pub(super) keep_alive: Duration,
    /// Without taking more of a reply.
    pub(super) write: Duration,
}

impl From<&Settings> for Deadlines {
    fn from(settings: &Settings) -> Self {
        Self {
            head: settings.head_timeout,
            keep_alive: settings.keep_alive_timeout,
            write: settings.write_timeout,
        }
    }
}

/// Why a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    /// The head of the first request has not arrived.
    Head,
    /// No further request has arrived.
    Request,
    /// The client takes no more of a reply.
    Reader,
}

/// What a connection does.
#[derive(Debug)]
pub(super) struct Activity {
    opened: Instant,
    /// The number of requests that are being answered.
    answering: AtomicU32,
    /// The number of replies that are being sent.
    sending: AtomicU32,
    /// The time of the last progress.
    progress: Time,
    /// The time since which the socket takes no more bytes. 0 while it does.
    blocked: Time,
    /// Whether there was a request.
    served: AtomicBool,
    /// Whether there was a request of HTTP/2.
    http2: AtomicBool,
    /// Whether bytes that were not sent yet are no longer needed.
    abandoned: AtomicBool,
}

/// Microseconds since the connection was opened.
type Time = AtomicU64;

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            opened: Instant::now(),
            answering: AtomicU32::new(0),
            sending: AtomicU32::new(0),
            progress: Time::new(0),
            blocked: Time::new(0),
            served: AtomicBool::new(false),
            http2: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
        }
    }

    /// The time, which is never 0.
    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
    }

    fn at(&self, time: u64) -> Instant {
        self.opened + Duration::from_micros(time)
    }

    /// A request has arrived.
    pub(super) fn begin(self: &Arc<Self>, is_http2: bool) -> UnderWay {
        self.answering.fetch_add(1, Relaxed);
        if !self.served.load(Relaxed) {
            self.http2.store(is_http2, Relaxed);
            self.served.store(true, Relaxed);
        }
        UnderWay { activity: Arc::clone(self), is_sending: false }
    }

    /// The socket has taken bytes, or takes none now.
    pub(super) fn note_write(&self, is_blocked: bool) {
        let was_blocked = self.blocked.load(Relaxed) != 0;
        if is_blocked && !was_blocked {
            self.blocked.store(self.now(), Relaxed);
        } else if was_blocked && !is_blocked {
            self.progress.store(self.now(), Relaxed);
            self.blocked.store(0, Relaxed);
        }
    }

    /// The connection is closed without sending the rest.
    pub(super) fn abandon(&self) {
        self.abandoned.store(true, Relaxed);
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Relaxed)
    }

    /// Whether a client should be told before the connection is closed, because it may be sending
    /// a request.
    pub(super) fn needs_goodbye(&self) -> bool {
        self.http2.load(Relaxed)
    }

    /// The time since which the client has done nothing. `None` while it waits for the service.
    pub(super) fn quiet_since(&self) -> Option<Instant> {
        match (self.blocked.load(Relaxed), self.answering.load(Relaxed)) {
            (0, 0) => Some(self.at(self.progress.load(Relaxed))),
            (0, _) => None,
            (since, _) => Some(self.at(since)),
        }
    }

    /// The time at which to look again, or the reason to close the connection.
    ///
    /// A deadline that is set later than now ends no earlier than the shortest one from now, so it
    /// is enough to look again then.
    pub(super) fn check(&self, deadlines: &Deadlines, now: Instant) -> Result<Instant, Overdue> {
        let is_sending = self.sending.load(Relaxed) > 0 || self.blocked.load(Relaxed) != 0;
        let was_served = self.served.load(Relaxed);
        let (limit, overdue) = match (is_sending, was_served) {
            (true, _) => (deadlines.write, Overdue::Reader),
            (false, true) => (deadlines.keep_alive, Overdue::Request),
            (false, false) => (deadlines.head, Overdue::Head),
        };
        let mut shortest = deadlines.keep_alive.min(deadlines.write);
        if !was_served {
            shortest = shortest.min(deadlines.head);
        }
        match self.quiet_since().map(|since| since + limit) {
            Some(deadline) if deadline <= now => Err(overdue),
            Some(deadline) => Ok(deadline.min(now + shortest)),
            None => Ok(now + shortest),
        }
    }
}

/// A request under way, until it is dropped.
#[derive(Debug)]
pub(super) struct UnderWay {
    activity: Arc<Activity>,
    is_sending: bool,
}

impl UnderWay {
    /// The reply is ready to be sent.
    pub(super) fn send(mut self) -> Self {
        self.is_sending = true;
        self.note_progress();
        self.activity.sending.fetch_add(1, Relaxed);
        self.activity.answering.fetch_sub(1, Relaxed);
        self
    }

    /// The client takes more of the reply.
    pub(super) fn note_progress(&self) {
        self.activity.progress.store(self.activity.now(), Relaxed);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.is_sending {
            self.activity.sending.fetch_sub(1, Relaxed);
        } else {
            self.note_progress();
            self.activity.answering.fetch_sub(1, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINES: Deadlines = Deadlines {
        head: Duration::from_secs(1),
        keep_alive: Duration::from_secs(10),
        write: Duration::from_secs(5),
    };

    /// The deadline that passes when nothing happens from now on, and how many seconds that takes.
    fn overdue(activity: &Activity) -> (Overdue, u64) {
        let mut now = activity.opened;
        loop {
            match activity.check(&DEADLINES, now) {
                Ok(next) => now = next,
                Err(overdue) => return (overdue, now.duration_since(activity.opened).as_secs()),
            }
        }
    }

    #[test]
    fn each_deadline_counts_from_the_last_thing_that_happened() {
        let activity = Arc::new(Activity::new());
        assert_eq!(overdue(&activity), (Overdue::Head, 1));

        // While the service works, there is no deadline.
        let request = activity.begin(false);
        assert!(activity.quiet_since().is_none());
        let later = activity.opened + Duration::from_secs(60);
        assert_eq!(activity.check(&DEADLINES, later), Ok(later + DEADLINES.write));

        let reply = request.send();
        assert_eq!(overdue(&activity), (Overdue::Reader, 5));
        drop(reply);
        assert_eq!(overdue(&activity), (Overdue::Request, 10));

        // The end of a reply that the client does not read stays in the buffers of hyper.
        activity.note_write(true);
        assert_eq!(overdue(&activity), (Overdue::Reader, 5));
        activity.note_write(false);
        assert_eq!(overdue(&activity), (Overdue::Request, 10));
    }
}
