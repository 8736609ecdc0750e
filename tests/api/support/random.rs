//! A source of randomness that is the same in every run.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use current_user::random::Random;
use sha2::{Digest as _, Sha256};

/// SHA-256 of a counter. A test can make it panic.
#[derive(Debug, Default)]
pub(crate) struct CountingRandom {
    counter: AtomicU64,
    /// The number of calls until one panics. If it is below one, no call panics.
    calls_left: AtomicI64,
}

impl CountingRandom {
    /// After `calls` more calls the next one panics.
    pub(crate) fn panic_after(&self, calls: i64) {
        self.calls_left.store(calls + 1, Ordering::SeqCst);
    }
}

impl Random for CountingRandom {
    fn fill(&self, bytes: &mut [u8]) {
        assert!(self.calls_left.fetch_sub(1, Ordering::SeqCst) != 1, "a test wants this panic");
        for chunk in bytes.chunks_mut(32) {
            let number = self.counter.fetch_add(1, Ordering::SeqCst);
            let block = Sha256::digest(number.to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}
