//! A column with a list of permitted values, as the document shows it.

use std::marker::PhantomData;

use poem_openapi::registry::MetaSchema;
use sea_orm::{ActiveEnum, Iterable};

use crate::value::text_value::openapi_text;
use crate::value::{TextValue, ValueError};

/// An enum of the database.
pub(crate) trait Choices:
    ActiveEnum<Value = String> + Iterable + Send + Sync + 'static
{
}

impl<T: ActiveEnum<Value = String> + Iterable + Send + Sync + 'static> Choices for T {}

/// One value of the enum, by its name in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice<T>(String, PhantomData<fn() -> T>);

impl<T: Choices> From<T> for Choice<T> {
    fn from(value: T) -> Self {
        Self(value.to_value(), PhantomData)
    }
}

impl<T: Choices> TextValue for Choice<T> {
    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: T::iter().map(|value| value.to_value().into()).collect(),
            ..MetaSchema::new("string")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        T::try_from_value(&text.to_owned())
            .map(Self::from)
            .map_err(|_| ValueError::new("invalid_choice", "must be one of the values listed"))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(Choice<T>, T: Choices);
