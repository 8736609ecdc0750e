//! Randomness that is the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use current_user::random::Random;
use sha2::{Digest as _, Sha256};

/// SHA-256 of a counter.
#[derive(Debug, Default)]
pub(crate) struct CountingRandom(AtomicU64);

impl Random for CountingRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::digest(self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}
