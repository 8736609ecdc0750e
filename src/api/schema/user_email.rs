//! An email address of a user, as the document shows it.

use entity::email::Model;
use poem_openapi::Object;
use poem_openapi::types::Example;
use uuid::Uuid;

use super::shown::Shown;
use super::timestamp::Timestamp;
use crate::value::Email;

/// An email address of the user.
#[derive(Debug, Object)]
#[oai(rename = "UserEmail", rename_all = "camelCase", example)]
pub(crate) struct UserEmail {
    /// The id of the address.
    id: Uuid,
    /// The address as the user typed it.
    email: Shown<Email>,
    /// Whether the user has proved that the address is theirs.
    verified: bool,
    /// Whether the address is the default one, which the service writes to.
    default: bool,
    /// The time at which the address was added.
    created_at: Timestamp,
    /// The time at which the address was last verified, or last became or stopped being the
    /// default.
    updated_at: Timestamp,
}

impl From<Model> for UserEmail {
    fn from(email: Model) -> Self {
        Self {
            id: email.id,
            email: Shown(email.email),
            verified: email.verified_at.is_some(),
            default: email.is_default,
            created_at: email.created_at.into(),
            updated_at: email.updated_at.into(),
        }
    }
}

const EXAMPLE_ID: Uuid = Uuid::from_u128(0x019a_b000_8a42_7d11_8c5e_2b7a_4f90_6d21);

impl Example for UserEmail {
    fn example() -> Self {
        Self {
            id: EXAMPLE_ID,
            email: Shown::example(),
            verified: true,
            default: true,
            created_at: Timestamp::example(),
            updated_at: Timestamp::example(),
        }
    }
}
