//! Signals that wake the tasks in the background when there is work for them.

use tokio::sync::Notify;

/// A queue of messages. No queue waits for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Mail to users.
    Mail,
    /// Text messages.
    Texts,
    /// Mail that any client can request, as often as it likes. Most of these requests name an
    /// address that has no account.
    Requests,
}

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
