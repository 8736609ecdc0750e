//! Effects: the actions that follow a commit in this process.

use entity::outbox::Queue;
use uuid::Uuid;

use super::freshness::{ForeignChanges, Freshness};
use super::signals::Signals;

/// An action that follows the commit of a transaction in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Copies of the user are stale.
    User(Uuid),
    /// There is a message to send.
    Message(Queue),
    /// There is a user to erase.
    Erasure,
    /// There is a file of an avatar to delete.
    Avatar,
}

/// The receivers of effects: copies of users, and tasks in the background.
#[derive(Debug)]
pub(super) struct Effects {
    pub(super) freshness: Freshness,
    pub(super) signals: Signals,
}

impl Effects {
    pub(super) fn new(foreign: impl ForeignChanges) -> Self {
        Self { freshness: Freshness::new(foreign), signals: Signals::default() }
    }

    /// Applies an effect. Must be called after the commit, and before the caller gets the
    /// outcome.
    pub(super) fn apply(&self, effect: Effect) {
        match effect {
            Effect::User(user_id) => self.freshness.changed(user_id),
            Effect::Message(queue) => self.signals.message(queue).notify_one(),
            Effect::Erasure => self.signals.erasure().notify_one(),
            Effect::Avatar => self.signals.avatar().notify_one(),
        }
    }
}
