//! The words of a message to a person, and sending it.
//!
//! This module does not know the outbox: that a message is stored, sent again or given up.

mod error;
mod gateway;
mod language;
mod letterhead;
mod secret;
mod sender;
mod smtp;
mod template;
mod texts;
mod wording;

use std::collections::BTreeMap;
use std::fmt;

use uuid::Uuid;

pub use error::SendError;
pub use gateway::Gateway;
pub use letterhead::Letterhead;
pub use secret::Secret;
pub use sender::{Kept, Sender};
pub use smtp::Smtp;
pub use template::Template;
pub use wording::{Links, RenderedMessage, Wording, WordingError};

/// A message to one person.
///
/// Its `Debug` shows only which message it is and whether it is a mail or an SMS: no
/// address and no token gets into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The address or phone number that the message goes to.
    pub to: Recipient,
    /// The display name that the message greets. `None` if the recipient did not choose it.
    pub name: Option<String>,
    /// The user's locale, a BCP 47 language tag.
    pub locale: Option<String>,
    /// Which texts the message has.
    pub template: Template,
    /// The values for the placeholders of the texts.
    pub details: Details,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let medium = match self.to {
            Recipient::Email(_) => "email",
            Recipient::Phone(_) => "phone",
        };
        write!(f, "Message({} by {medium})", self.template.name())
    }
}

/// Where a message goes.
#[derive(Clone, PartialEq, Eq)]
pub enum Recipient {
    /// An email address.
    Email(String),
    /// A phone number, in E.164.
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

/// The values for the placeholders of a message. It has no `Debug`, because it contains secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// The variables of the texts, by name.
    pub variables: BTreeMap<&'static str, String>,
    /// The ID of the erasure whose receipt the texts link to, as the variable `receipt`.
    pub receipt: Option<Uuid>,
    /// The token in the link. It lives as long as the texts say.
    pub token: Option<String>,
}
