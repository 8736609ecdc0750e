//! When users last changed: what keeps a copy of a user honest.
//!
//! Every change moves a sequence on and notes the new number for its user. A
//! copy that was read at one moment of the sequence stands as long as nothing
//! was noted for its user after it.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;
use uuid::Uuid;

use super::outbox::Lane;

/// What has to happen in this process after a transaction is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Copies of a user are stale.
    User(Uuid),
    /// There is a message to send.
    Outbox(Lane),
    /// There is a user to erase.
    Erasures,
    /// There is an avatar's file to delete.
    Avatars,
}

/// Users share numbers: a change of one makes copies of a few others be read
/// again, never the reverse. 512 KiB.
const SLOTS: usize = 1 << 16;

/// A moment in the sequence of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

/// Knows of changes that others make: other nodes, other programs.
pub(super) trait Witness: Send + Sync + 'static {
    /// Whether every change that others have committed was noted.
    fn knows_all(&self) -> bool;
}

/// When users last changed, by whomever.
pub struct Changes {
    sequence: AtomicU64,
    /// When anything at all may have changed.
    all: AtomicU64,
    users: Box<[AtomicU64]>,
    mail: Notify,
    texts: Notify,
    requests: Notify,
    leaving: Notify,
    avatars: Notify,
    witness: Box<dyn Witness>,
}

impl Changes {
    pub(super) fn new(witness: impl Witness) -> Self {
        Self {
            sequence: AtomicU64::new(0),
            all: AtomicU64::new(0),
            users: std::iter::repeat_with(AtomicU64::default).take(SLOTS).collect(),
            mail: Notify::new(),
            texts: Notify::new(),
            requests: Notify::new(),
            leaving: Notify::new(),
            avatars: Notify::new(),
            witness: Box::new(witness),
        }
    }

    /// The moment from which on a read shows every change that was noted. `None`
    /// while changes by others may be missing: nothing that is read then may be
    /// kept, and nothing kept may be shown.
    #[must_use]
    pub fn now(&self) -> Option<Moment> {
        // In this order: what the witness learns later moves the sequence on.
        let now = Moment(self.sequence.load(Ordering::SeqCst));
        self.witness.knows_all().then_some(now)
    }

    /// Whether what was read of the user at `moment` still stands.
    #[must_use]
    pub fn none_since(&self, moment: Moment, user_id: Uuid) -> bool {
        let latest = self.slot(user_id).map_or(u64::MAX, |slot| slot.load(Ordering::SeqCst));
        latest.max(self.all.load(Ordering::SeqCst)) <= moment.0
    }

    /// Resolves when there is a message to send, at once if there was one since this
    /// was asked last.
    pub async fn posted(&self, lane: Lane) {
        self.waiting_for(lane).notified().await;
    }

    fn waiting_for(&self, lane: Lane) -> &Notify {
        match lane {
            Lane::Mail => &self.mail,
            Lane::Texts => &self.texts,
            Lane::Requests => &self.requests,
        }
    }

    /// The same for somebody to erase.
    pub async fn leaving(&self) {
        self.leaving.notified().await;
    }

    /// The same for an avatar's file to delete.
    pub async fn avatars_discarded(&self) {
        self.avatars.notified().await;
    }

    /// Notes a change. To be called once it is committed, and before anyone is told
    /// of it.
    pub(super) fn note(&self, effect: Effect) {
        match effect {
            Effect::User(user_id) => self.changed(user_id),
            Effect::Outbox(lane) => self.waiting_for(lane).notify_one(),
            Effect::Erasures => self.leaving.notify_one(),
            Effect::Avatars => self.avatars.notify_one(),
        }
    }

    /// Notes that the user has changed.
    pub(super) fn changed(&self, user_id: Uuid) {
        let now = self.advance();
        if let Some(slot) = self.slot(user_id) {
            slot.fetch_max(now, Ordering::SeqCst);
        }
    }

    /// Notes that any user may have changed.
    pub(super) fn all_changed(&self) {
        let now = self.advance();
        self.all.fetch_max(now, Ordering::SeqCst);
    }

    fn advance(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn slot(&self, user_id: Uuid) -> Option<&AtomicU64> {
        // The end of a UUIDv7 is random.
        let [.., high, low] = user_id.into_bytes();
        self.users.get(usize::from(u16::from_be_bytes([high, low])))
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("sequence", &self.sequence).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use super::*;

    impl Witness for Arc<AtomicBool> {
        fn knows_all(&self) -> bool {
            self.load(Ordering::SeqCst)
        }
    }

    const ADA: Uuid = Uuid::from_u128(1);
    const EVE: Uuid = Uuid::from_u128(2);

    #[test]
    fn a_copy_stands_until_its_user_changes() {
        let changes = Changes::new(Arc::new(AtomicBool::new(true)));
        let before = changes.now().unwrap();
        changes.changed(ADA);
        assert!(!changes.none_since(before, ADA));
        assert!(changes.none_since(before, EVE), "somebody else");
        let after = changes.now().unwrap();
        assert!(changes.none_since(after, ADA), "read anew");
    }

    #[test]
    fn nothing_stands_when_anything_may_have_changed() {
        let changes = Changes::new(Arc::new(AtomicBool::new(true)));
        let before = changes.now().unwrap();
        changes.all_changed();
        assert!(!changes.none_since(before, ADA));
        assert!(changes.none_since(changes.now().unwrap(), ADA));
    }

    #[test]
    fn there_is_no_moment_while_changes_by_others_may_be_missing() {
        let witness = Arc::new(AtomicBool::new(false));
        let changes = Changes::new(Arc::clone(&witness));
        assert_eq!(changes.now(), None);
        witness.store(true, Ordering::SeqCst);
        assert!(changes.now().is_some());
    }
}
