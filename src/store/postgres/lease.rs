//! The time until which a node may rely on what it knows of other nodes' changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::store::freshness::ForeignChanges;

/// How long a read of the table of changes is valid, counted from when the read began. Every node
/// sees the changes of other nodes after this time at the latest, even if the connection fails.
pub const LEASE: Duration = Duration::from_secs(1);

/// The time until which all changes of other nodes are known.
#[derive(Debug)]
pub(super) struct Lease {
    start: Instant,
    /// In nanoseconds after `start`.
    until: AtomicU64,
}

impl Lease {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { start: Instant::now(), until: AtomicU64::new(0) })
    }

    fn nanos(&self, at: Instant) -> u64 {
        u64::try_from(at.duration_since(self.start).as_nanos()).unwrap_or(u64::MAX)
    }

    /// Renews the lease: every change that was committed before `at` is known.
    pub(super) fn renew(&self, at: Instant) {
        self.until.store(self.nanos(at + LEASE), Ordering::SeqCst);
    }

    pub(super) fn end(&self) {
        self.until.store(0, Ordering::SeqCst);
    }
}

impl ForeignChanges for Arc<Lease> {
    fn are_known(&self) -> bool {
        self.nanos(Instant::now()) < self.until.load(Ordering::SeqCst)
    }
}
