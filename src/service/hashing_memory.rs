//! The memory for hashing passwords. Hashing one password takes 19 MiB for 20 ms.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::Block;

/// Memory that is reused from one hash to the next. It is kept while passwords wait to be hashed,
/// for example when many users log in at once. Otherwise it is returned to the system.
#[derive(Default)]
pub(super) struct Memory {
    /// The number of passwords that wait to be hashed.
    waiting: AtomicUsize,
    spare: Mutex<Vec<Vec<Block>>>,
}

impl Memory {
    /// Takes spare memory, or an empty vector if there is none.
    pub(super) fn take(&self) -> Vec<Block> {
        self.spare().pop().unwrap_or_default()
    }

    /// Leaves memory for the next hash.
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

/// Counts one password as waiting, until it is dropped.
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

/// Makes room for one hash, in memory that is returned to the system when it is dropped.
///
/// glibc keeps a freed block of this size for the thread that freed it. Many threads hash
/// passwords. After many logins at once, these threads held 400 MB. A block larger than 32 MiB
/// (`DEFAULT_MMAP_THRESHOLD_MAX`, mallopt(3)) is mapped, and unmapped when it is freed. So this
/// function reserves more memory than hashing touches.
pub(super) fn reserve(memory: &mut Vec<Block>, blocks: usize) {
    const ALWAYS_MAPPED: usize = 33 * 1024 * 1024 / Block::SIZE;
    memory.reserve_exact(blocks.max(ALWAYS_MAPPED).saturating_sub(memory.len()));
    memory.resize(blocks, Block::default());
}
