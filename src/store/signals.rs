//! Signals that wake the tasks in the background when there is work for them.

use entity::outbox::Queue;
use tokio::sync::Notify;

/// The signals that wake the tasks in the background. Each signal is kept until its task waits
/// for it.
#[derive(Debug, Default)]
pub struct Signals {
    mail: Notify,
    texts: Notify,
    requests: Notify,
    erasures: Notify,
    avatars: Notify,
}

impl Signals {
    /// The signal that there is a message to send.
    pub(crate) fn message(&self, queue: Queue) -> &Notify {
        match queue {
            Queue::Mail => &self.mail,
            Queue::Texts => &self.texts,
            Queue::Requests => &self.requests,
        }
    }

    /// The signal that there is a user to erase.
    pub(crate) fn erasure(&self) -> &Notify {
        &self.erasures
    }

    /// The signal that there is a file of an avatar to delete.
    pub(crate) fn avatar(&self) -> &Notify {
        &self.avatars
    }
}
