//! A column with a list of permitted values, as the document shows it.

use std::marker::PhantomData;

use entity::StoredEnum;
use entity::user::Status;
use poem_openapi::registry::MetaSchema;

use crate::value::text_value::openapi_text;
use crate::value::{TextValue, ValueError};

/// One value of the enum, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice<T>(String, PhantomData<fn() -> T>);

impl<T: StoredEnum> From<T> for Choice<T> {
    fn from(value: T) -> Self {
        Self(value.text(), PhantomData)
    }
}

impl<T: StoredEnum> TextValue for Choice<T> {
    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: T::values().iter().map(|value| value.text().into()).collect(),
            ..MetaSchema::new("string")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        let value = T::from_text(text).map(Self::from);
        value.ok_or_else(|| ValueError::new("invalid_choice", "must be one of the values listed"))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(Choice<T>, T: StoredEnum);

/// The status of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserStatus(Choice<Status>);

impl From<Status> for UserStatus {
    fn from(status: Status) -> Self {
        Self(status.into())
    }
}

impl TextValue for UserStatus {
    fn schema() -> MetaSchema {
        MetaSchema {
            default: Some(Status::Pending.text().into()),
            example: Some(Status::Active.text().into()),
            ..Choice::<Status>::schema()
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        Choice::parse(text).map(Self)
    }

    fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

openapi_text!(UserStatus);
