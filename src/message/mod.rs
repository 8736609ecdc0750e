//! What a message to a person says, and how it leaves.
//!
//! What happens in between (that it is stored, tried again, given up) is not known
//! here.

mod error;
mod gateway;
mod language;
mod parts;
mod sender;
mod smtp;
mod wording;

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use url::Url;

pub use error::SendError;
pub use gateway::{Gateway, Secret};
pub use sender::{Kept, Sender};
pub use smtp::Smtp;
pub use wording::{Worded, Wording, WordingError};

/// A message to one person.
///
/// Its `Debug` tells of which kind it is, and nothing of what it holds: no address
/// and no token gets into a log by it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who gets it.
    pub to: Recipient,
    /// The display name of the user.
    pub name: String,
    /// The user's locale, a BCP 47 language tag.
    pub locale: Option<String>,
    /// What it is about.
    pub content: Content,
}

impl Message {
    /// The message in words, in the language of its reader.
    ///
    /// # Errors
    /// When a template is broken; the tests render every one.
    pub fn worded(&self, wording: &Wording) -> Result<Worded, WordingError> {
        wording.word(self)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.to {
            Recipient::Email(_) => "email",
            Recipient::Phone(_) => "phone",
        };
        write!(f, "Message({} by {way})", self.content.kind())
    }
}

/// Who gets a message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Whoever reads mail at this address.
    Email(String),
    /// Whoever has this number, in E.164.
    Phone(String),
}

impl Recipient {
    /// The address or number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(address) => address,
            Self::Phone(number) => number,
        }
    }
}

/// What a message is about.
///
/// The texts say how long tokens and codes live; whoever makes them keeps to it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// To the address itself: is it yours?
    VerifyEmail {
        /// The address.
        email: String,
        /// Proves that this message was read. Lives 24 hours.
        token: String,
    },
    /// A forgotten password.
    ResetPassword {
        /// Sets a new one. Lives 1 hour.
        token: String,
    },
    /// An account that somebody else made for them.
    Invitation {
        /// Sets the first password. Lives 7 days.
        token: String,
    },
    /// To a phone: is it yours?
    PhoneCode {
        /// Proves that this message was read. Lives 10 minutes.
        code: String,
    },
    /// Notice: the account has another address.
    EmailAdded {
        /// The address.
        email: String,
        /// The way back, with a new password. Lives 7 days.
        token: String,
    },
    /// Notice: the account has one address less.
    EmailRemoved {
        /// The address.
        email: String,
        /// The way back, with a new password. Lives 7 days.
        token: String,
    },
    /// Notice: another address is the default.
    DefaultEmailChanged {
        /// The new one.
        email: String,
        /// The way back, with a new password. Lives 7 days.
        token: String,
    },
    /// Notice: the password is another one.
    PasswordChanged {
        /// The way back, with a new password. Lives 7 days.
        token: String,
    },
    /// Notice: the phone number is another one.
    PhoneNumberChanged {
        /// The new one, in E.164.
        phone_number: String,
        /// The way back, with a new password. Lives 7 days.
        token: String,
    },
    /// Notice: there is no phone number any more.
    PhoneNumberRemoved {
        /// The way back, with a new password. Lives 7 days.
        token: String,
    },
    /// Notice: the account is closed, and is erased when the time to come back is over.
    AccountDeleted {
        /// When that is, as people write it.
        restorable_until: String,
        /// Where it can be seen what becomes of it.
        receipt: String,
        /// The way back, with a new password. Lives 7 days.
        token: String,
    },
    /// Notice: the account is closed, and is erased now.
    AccountErased {
        /// Where it can be seen what becomes of it.
        receipt: String,
    },
    /// Notice: the account is open again.
    AccountRestored {
        /// The way back, with a new password. Lives 7 days.
        token: String,
    },
}

impl Content {
    /// Its name, in `snake_case`: what a log may say of a message.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::ResetPassword { .. } => "reset_password",
            Self::Invitation { .. } => "invitation",
            Self::PhoneCode { .. } => "phone_code",
            Self::EmailAdded { .. } => "email_added",
            Self::EmailRemoved { .. } => "email_removed",
            Self::DefaultEmailChanged { .. } => "default_email_changed",
            Self::PasswordChanged { .. } => "password_changed",
            Self::PhoneNumberChanged { .. } => "phone_number_changed",
            Self::PhoneNumberRemoved { .. } => "phone_number_removed",
            Self::AccountDeleted { .. } => "account_deleted",
            Self::AccountErased { .. } => "account_erased",
            Self::AccountRestored { .. } => "account_restored",
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

/// Whether what is sent there stays on this machine.
fn is_loopback(url: &Url) -> bool {
    // A text: URLs of other schemes than http's leave an IPv4 address one.
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
