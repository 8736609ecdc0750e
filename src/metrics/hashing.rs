//! Measuring the queue for hashing passwords.

use std::time::Instant;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::Labels;

/// The upper bounds of the buckets, in seconds. A hash takes some 0.02 s, and a request waits at
/// most `--queue-timeout` for it.
const BUCKETS: [f64; 8] = [0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0];

/// The metrics of the queue, by lane. Clones share the same values.
#[derive(Clone, Debug)]
pub struct HashingMetrics {
    waiting: Family<Labels<1>, Gauge>,
    waited: Family<Labels<1>, Histogram, fn() -> Histogram>,
    refused: Family<Labels<1>, Counter>,
}

impl Default for HashingMetrics {
    fn default() -> Self {
        Self {
            waiting: Family::default(),
            waited: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            refused: Family::default(),
        }
    }
}

/// A password that waits to be hashed, until this is dropped.
pub struct WaitingForHash {
    metrics: HashingMetrics,
    labels: Labels<1>,
    since: Instant,
}

impl HashingMetrics {
    /// Counts a password as waiting in a lane, until the result is dropped.
    #[must_use]
    pub fn wait(&self, lane: &'static str) -> WaitingForHash {
        let labels = [("lane", lane.into())];
        self.waiting.get_or_create(&labels).inc();
        WaitingForHash { metrics: self.clone(), labels, since: Instant::now() }
    }

    pub(super) fn register(self, registry: &mut Registry) {
        registry.register("hashing_waiting", "Passwords that wait to be hashed", self.waiting);
        let help = "How long passwords waited to be hashed";
        registry.register("hashing_wait_seconds", help, self.waited);
        let help = "Passwords that were not hashed, because they waited too long";
        registry.register("hashing_refused", help, self.refused);
    }
}

impl WaitingForHash {
    /// Counts the password as refused, because it has waited too long.
    pub fn refused(self) {
        self.metrics.refused.get_or_create(&self.labels).inc();
    }
}

impl Drop for WaitingForHash {
    fn drop(&mut self) {
        self.metrics.waiting.get_or_create(&self.labels).dec();
        let waited = self.since.elapsed().as_secs_f64();
        self.metrics.waited.get_or_create(&self.labels).observe(waited);
    }
}
