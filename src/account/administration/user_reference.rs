//! References to users: by id or by email address.

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
}

impl FromStr for UserReference {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        let invalid =
            |_| ValueError::new("invalid_user", "must be the id or an email address of a user");
        Email::parse(text).map(Self::Email).map_err(invalid)
    }
}
