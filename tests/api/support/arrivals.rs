//! Received messages, and waiting for the next one.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// The maximum time to wait for a message. No message takes this long, even on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Messages that one task receives and another one waits for.
pub(crate) struct Arrivals<T> {
    /// Each message, and whether [`Arrivals::next`] has returned it.
    messages: watch::Sender<Vec<(T, bool)>>,
}

impl<T> Default for Arrivals<T> {
    fn default() -> Self {
        Self { messages: watch::Sender::new(Vec::new()) }
    }
}

impl<T: Clone> Arrivals<T> {
    pub(crate) fn push(&self, message: T) {
        self.messages.send_modify(|messages| messages.push((message, false)));
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.messages.borrow().iter().map(|(message, _)| message.clone()).collect()
    }

    /// Waits for a message to `recipient` that `fits`. Returns the oldest one that no call
    /// has returned yet.
    pub(crate) async fn next(&self, recipient: &str, fits: impl Fn(&T) -> bool) -> T {
        let mut changes = self.messages.subscribe();
        let wait = async {
            loop {
                changes.mark_unchanged();
                if let Some(message) = self.take(&fits) {
                    return message;
                }
                changes.changed().await.unwrap();
            }
        };
        timeout(TIMEOUT, wait).await.unwrap_or_else(|_| panic!("no message to {recipient} came"))
    }

    fn take(&self, fits: impl Fn(&T) -> bool) -> Option<T> {
        let mut found = None;
        self.messages.send_if_modified(|messages| {
            let next = messages.iter_mut().find(|(message, taken)| !taken && fits(message));
            found = next.map(|(message, taken)| {
                *taken = true;
                message.clone()
            });
            // No task waits for this change.
            false
        });
        found
    }
}
