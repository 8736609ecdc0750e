//! What has to happen in this process after a commit.

use uuid::Uuid;

use super::freshness::{ForeignChanges, Freshness};
use super::signals::{Queue, Signals};

/// What has to happen in this process after a transaction is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Copies of a user are stale.
    User(Uuid),
    /// There is a message to send.
    Message(Queue),
    /// There is a user to erase.
    Erasure,
    /// There is an avatar's file to delete.
    Avatar,
}

/// Whom effects reach: copies of users, and tasks in the background.
#[derive(Debug)]
pub(super) struct Effects {
    pub(super) freshness: Freshness,
    pub(super) signals: Signals,
}

impl Effects {
    pub(super) fn new(foreign: impl ForeignChanges) -> Self {
        Self { freshness: Freshness::new(foreign), signals: Signals::default() }
    }

    /// Applies an effect. To be called once it is committed, and before the caller is told.
    pub(super) fn apply(&self, effect: Effect) {
        match effect {
            Effect::User(user_id) => self.freshness.changed(user_id),
            Effect::Message(queue) => self.signals.message(queue).notify_one(),
            Effect::Erasure => self.signals.erasure().notify_one(),
            Effect::Avatar => self.signals.avatar().notify_one(),
        }
    }
}
