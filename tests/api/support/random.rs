//! Randomness that is the same in every run.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use current_user::random::Random;
use sha2::{Digest as _, Sha256};

/// SHA-256 of a counter. Can be told to fail.
#[derive(Debug, Default)]
pub(crate) struct CountingRandom {
    counter: AtomicU64,
    /// Calls until one panics; below zero, none does.
    fuse: AtomicI64,
}

impl CountingRandom {
    /// Lets `calls` calls through, and makes the next one panic.
    pub(crate) fn panic_after(&self, calls: i64) {
        self.fuse.store(calls + 1, Ordering::SeqCst);
    }
}

impl Random for CountingRandom {
    fn fill(&self, bytes: &mut [u8]) {
        assert!(self.fuse.fetch_sub(1, Ordering::SeqCst) != 1, "told to panic");
        for chunk in bytes.chunks_mut(32) {
            let number = self.counter.fetch_add(1, Ordering::SeqCst);
            let block = Sha256::digest(number.to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}
