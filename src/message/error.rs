//! Why a message was not sent.

/// A message was not sent, or it is not known whether it was.
///
/// The reason may be logged and stored. It contains nothing that the other side wrote,
/// because mail servers often repeat the address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    /// Another attempt would fail as well.
    pub permanent: bool,
    reason: String,
}

impl SendError {
    /// An error that every later attempt would meet again.
    pub(super) fn permanent(reason: impl Into<String>) -> Self {
        Self { permanent: true, reason: reason.into() }
    }

    /// An error that a later attempt may not meet.
    pub(super) fn transient(reason: impl Into<String>) -> Self {
        Self { permanent: false, reason: reason.into() }
    }
}
