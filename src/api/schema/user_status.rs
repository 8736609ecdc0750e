//! The `status` of a user.

use entity::user::Status;
use poem_openapi::registry::MetaSchema;
use sea_orm::{ActiveEnum, Iterable};

use crate::value::text_value::openapi_text;
use crate::value::{TextValue, ValueError};

/// The status of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserStatus(String);

impl From<Status> for UserStatus {
    fn from(status: Status) -> Self {
        Self(status.to_value())
    }
}

impl TextValue for UserStatus {
    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: Status::iter().map(|status| status.to_value().into()).collect(),
            default: Some(Status::Pending.to_value().into()),
            example: Some(Status::Active.to_value().into()),
            ..MetaSchema::new("string")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        Status::try_from_value(&text.to_owned())
            .map(Self::from)
            .map_err(|_| ValueError::new("invalid_status", "must be one of the statuses"))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(UserStatus);
