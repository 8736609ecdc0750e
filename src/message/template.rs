//! Which texts a message has, and what its link is for.

use entity::StoredEnum as _;
use entity::outbox::MessageKind;

/// Names the texts of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// The texts of a kind.
    Kind(MessageKind),
    /// The notice of a deletion that can't be undone. In the outbox its kind is
    /// [`MessageKind::AccountDeleted`], like that of one that can.
    AccountErased,
    /// The notice of a reset of the password to an address that is not the default one. In the
    /// outbox its kind is [`MessageKind::PasswordReset`].
    PasswordResetWithoutRecovery,
}

/// The purpose of the link in a message.
pub(super) enum Link {
    /// The message has no link.
    None,
    /// The reader is asked to do something. The name, in the fragment of the link, tells
    /// the account page what.
    Request(&'static str),
    /// The reader is told what happened, and can recover the account.
    Recovery,
}

impl Template {
    /// All templates.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let others = [Self::AccountErased, Self::PasswordResetWithoutRecovery];
        MessageKind::values().into_iter().map(Self::Kind).chain(others)
    }

    /// The name of the texts in the locale files. A log may contain it.
    pub(super) fn name(self) -> String {
        match self {
            Self::Kind(kind) => kind.text(),
            Self::AccountErased => "account_erased".to_owned(),
            Self::PasswordResetWithoutRecovery => "password_reset_without_recovery".to_owned(),
        }
    }

    pub(super) fn link(self) -> Link {
        match self {
            Self::Kind(MessageKind::VerifyEmail) => Link::Request("verify-email"),
            Self::Kind(MessageKind::ResetPassword) => Link::Request("reset-password"),
            Self::Kind(MessageKind::Invitation) => Link::Request("invitation"),
            Self::Kind(
                MessageKind::PhoneCode
                | MessageKind::RecoveryRevoked
                | MessageKind::UnverifiedAccount
                | MessageKind::UnverifiedAccountDeleted
                | MessageKind::UnverifiedPasswordChanged,
            )
            | Self::AccountErased
            | Self::PasswordResetWithoutRecovery => Link::None,
            // All other messages are notices.
            Self::Kind(_) => Link::Recovery,
        }
    }
    /// The name, in the fragment of a second link, by which the reader says that they did not
    /// request the message.
    pub(super) fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Kind(MessageKind::VerifyEmail) => Some("refuse-email"),
            _ => None,
        }
    }
}
