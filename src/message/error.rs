//! Why a message did not leave.

/// A message that did not leave, or of which that is not known.
///
/// What it says may be logged and stored: it holds nothing that the other side
/// wrote, because mail servers like to repeat the address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    /// Trying again is of no use.
    pub permanent: bool,
    reason: String,
}

impl SendError {
    /// No later attempt can do better.
    pub(super) fn permanent(reason: impl Into<String>) -> Self {
        Self { permanent: true, reason: reason.into() }
    }

    /// A later attempt may do better.
    pub(super) fn transient(reason: impl Into<String>) -> Self {
        Self { permanent: false, reason: reason.into() }
    }
}
