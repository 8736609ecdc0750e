//! Memory for password hashes: 19 MiB each, for 20 ms.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::Block;

/// The memory of hashes. In a storm of logins one leaves it to the next; when
/// nobody waits, it goes back to the system.
#[derive(Default)]
pub(super) struct Memory {
    /// How many wait for their turn to hash.
    waiting: AtomicUsize,
    spare: Mutex<Vec<Vec<Block>>>,
}

impl Memory {
    pub(super) fn take(&self) -> Vec<Block> {
        self.spare().pop().unwrap_or_default()
    }

    pub(super) fn leave(&self, blocks: Vec<Block>) {
        let mut spare = self.spare();
        if self.waiting.load(Ordering::SeqCst) > 0 {
            spare.push(blocks);
        } else {
            spare.clear();
        }
    }

    fn spare(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who waits, as long as it lives.
pub(super) struct Waiting<'m>(&'m Memory);

impl<'m> Waiting<'m> {
    pub(super) fn new(memory: &'m Memory) -> Self {
        memory.waiting.fetch_add(1, Ordering::SeqCst);
        Self(memory)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Makes room for one hash, in memory that goes back to the system when it is
/// dropped.
///
/// glibc leaves a freed block of this size with the thread that freed it, and any
/// of many threads may hash: after a storm of logins they held 400 MB. What is
/// larger than 32 MiB (`DEFAULT_MMAP_THRESHOLD_MAX`, mallopt(3)) it maps and unmaps;
/// so more is reserved than is ever touched.
pub(super) fn reserve(memory: &mut Vec<Block>, blocks: usize) {
    const ALWAYS_MAPPED: usize = 33 * 1024 * 1024 / Block::SIZE;
    memory.reserve_exact(blocks.max(ALWAYS_MAPPED).saturating_sub(memory.len()));
    memory.resize(blocks, Block::default());
}
