//! References to users: by id, by email address, or by their name in the log.

use std::str::FromStr;

use uuid::Uuid;

use crate::value::{Email, TextValue as _, ValueError};

/// A reference to a user.
#[derive(Clone, Debug)]
pub enum UserReference {
    /// The user's id.
    Id(Uuid),
    /// An address that the user has verified, or that no other user claims.
    Email(Email),
    /// The name of the account in the security log.
    Log(String),
}

/// The prefix of the name of an account in the security log.
const LOG: &str = "log:";

impl FromStr for UserReference {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        if let Some(name) = text.strip_prefix(LOG) {
            return Ok(Self::Log(name.to_owned()));
        }
        let invalid = |_| {
            let text = "must be the id or an email address of a user, or `log:` and its name \
                in the log";
            ValueError::new("invalid_user", text)
        };
        Email::parse(text).map(Self::Email).map_err(invalid)
    }
}
