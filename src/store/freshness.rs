//! Whether a copy of a user is fresh.
//!
//! Changes are numbered in sequence. Noting a change stores its number as the latest one of its
//! user. A copy keeps the number that was current when it was read. The copy is fresh as long
//! as the latest number of its user is not higher.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// The number of slots for latest numbers. They take 512 KiB. Several users share a slot, so a
/// change of one user makes copies of a few other users stale too. A stale copy is never taken
/// for a fresh one.
const SLOTS: usize = 1 << 16;

/// A moment in the sequence of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

/// Changes that other nodes and other programs make.
pub(super) trait ForeignChanges: Send + Sync + 'static {
    /// Whether every change that other nodes and programs have committed is noted.
    fn are_known(&self) -> bool;
}

/// When each user last changed, no matter which node or program made the change.
pub struct Freshness {
    sequence: AtomicU64,
    /// The latest moment of a change that may concern any user.
    all: AtomicU64,
    users: Box<[AtomicU64]>,
    foreign: Box<dyn ForeignChanges>,
}

impl Freshness {
    pub(super) fn new(foreign: impl ForeignChanges) -> Self {
        Self {
            sequence: AtomicU64::new(0),
            all: AtomicU64::new(0),
            users: std::iter::repeat_with(AtomicU64::default).take(SLOTS).collect(),
            foreign: Box::new(foreign),
        }
    }

    /// The current moment. A read that begins after this call sees every change up to it.
    /// `None` while changes by other nodes or programs may not be noted yet: then no copy may
    /// be made, and none may be used.
    #[must_use]
    pub fn now(&self) -> Option<Moment> {
        // The sequence is read first: a foreign change that is noted later gets a higher
        // number.
        let now = Moment(self.sequence.load(Ordering::SeqCst));
        self.foreign.are_known().then_some(now)
    }

    /// Whether a copy of the user that was read at `moment` is fresh.
    #[must_use]
    pub fn is_fresh(&self, moment: Moment, user_id: Uuid) -> bool {
        let latest = self.slot(user_id).map_or(u64::MAX, |slot| slot.load(Ordering::SeqCst));
        latest.max(self.all.load(Ordering::SeqCst)) <= moment.0
    }

    /// Notes a change of the user.
    pub(super) fn changed(&self, user_id: Uuid) {
        let now = self.advance();
        if let Some(slot) = self.slot(user_id) {
            slot.fetch_max(now, Ordering::SeqCst);
        }
    }

    /// Notes a change that may concern any user.
    pub(super) fn all_changed(&self) {
        let now = self.advance();
        self.all.fetch_max(now, Ordering::SeqCst);
    }

    fn advance(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn slot(&self, user_id: Uuid) -> Option<&AtomicU64> {
        // The last bytes of a UUIDv7 are random.
        let [.., high, low] = user_id.into_bytes();
        self.users.get(usize::from(u16::from_be_bytes([high, low])))
    }
}

impl fmt::Debug for Freshness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Freshness").field("sequence", &self.sequence).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use super::*;

    impl ForeignChanges for Arc<AtomicBool> {
        fn are_known(&self) -> bool {
            self.load(Ordering::SeqCst)
        }
    }

    const ADA: Uuid = Uuid::from_u128(1);
    const EVE: Uuid = Uuid::from_u128(2);

    #[test]
    fn a_copy_stands_until_its_user_changes() {
        let freshness = Freshness::new(Arc::new(AtomicBool::new(true)));
        let before = freshness.now().unwrap();
        freshness.changed(ADA);
        assert!(!freshness.is_fresh(before, ADA));
        assert!(freshness.is_fresh(before, EVE), "another user");
        let after = freshness.now().unwrap();
        assert!(freshness.is_fresh(after, ADA), "read again");
    }

    #[test]
    fn nothing_stands_when_anything_may_have_changed() {
        let freshness = Freshness::new(Arc::new(AtomicBool::new(true)));
        let before = freshness.now().unwrap();
        freshness.all_changed();
        assert!(!freshness.is_fresh(before, ADA));
        assert!(freshness.is_fresh(freshness.now().unwrap(), ADA));
    }

    #[test]
    fn there_is_no_moment_while_changes_by_others_may_be_missing() {
        let known = Arc::new(AtomicBool::new(false));
        let freshness = Freshness::new(Arc::clone(&known));
        assert_eq!(freshness.now(), None);
        known.store(true, Ordering::SeqCst);
        assert!(freshness.now().is_some());
    }
}
