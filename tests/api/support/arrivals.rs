//! What arrived somewhere, and waiting for it.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// Longer than anything takes on a busy machine: what isn't there by then never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Things that arrive, and tests that wait for them.
pub(crate) struct Arrivals<T> {
    /// Each with whether somebody took it.
    things: watch::Sender<Vec<(T, bool)>>,
}

impl<T> Default for Arrivals<T> {
    fn default() -> Self {
        Self { things: watch::Sender::new(Vec::new()) }
    }
}

impl<T: Clone> Arrivals<T> {
    pub(crate) fn push(&self, thing: T) {
        self.things.send_modify(|things| things.push((thing, false)));
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.things.borrow().iter().map(|(thing, _)| thing.clone()).collect()
    }

    /// The oldest that `fits` and that nobody has taken; waits for it.
    pub(crate) async fn next(&self, what: &str, fits: impl Fn(&T) -> bool) -> T {
        let mut changes = self.things.subscribe();
        let wait = async {
            loop {
                changes.mark_unchanged();
                if let Some(thing) = self.take(&fits) {
                    return thing;
                }
                changes.changed().await.unwrap();
            }
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("nothing came for {what}"))
    }

    fn take(&self, fits: impl Fn(&T) -> bool) -> Option<T> {
        let mut found = None;
        self.things.send_if_modified(|things| {
            let next = things.iter_mut().find(|(thing, taken)| !taken && fits(thing));
            found = next.map(|(thing, taken)| {
                *taken = true;
                thing.clone()
            });
            // Nobody waits for something to be taken.
            false
        });
        found
    }
}
