//! The changes of this node that it has not announced to other nodes yet.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

/// The time between two announcements. Changes that come in between share one.
const SPACING: Duration = Duration::from_millis(5);

/// The maximum number of changes that wait. Further ones are not announced, and other nodes find
/// them when they read the table.
const MAX_WAITING: usize = 10_000;

/// The users who were changed by this node.
#[derive(Debug, Default)]
pub(super) struct Announcements {
    waiting: Mutex<Vec<Uuid>>,
    bell: Notify,
}

impl Announcements {
    /// Adds a user whose change is committed.
    pub(super) fn add(&self, user_id: Uuid) {
        let mut waiting = self.lock();
        if waiting.len() < MAX_WAITING {
            waiting.push(user_id);
        }
        drop(waiting);
        self.bell.notify_one();
    }

    /// Waits until there is something to announce, and the last announcement was long enough ago.
    /// It takes nothing, so it can be cancelled.
    pub(super) async fn are_due(&self, last: Instant) {
        while self.lock().is_empty() {
            self.bell.notified().await;
        }
        sleep_until(last + SPACING).await;
    }

    /// Takes what waits, each user once.
    pub(super) fn take(&self) -> Vec<Uuid> {
        let mut waiting = std::mem::take(&mut *self.lock());
        waiting.sort_unstable();
        waiting.dedup();
        waiting
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Uuid>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
