//! The `phoneNumber` of a user.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use crate::value::phone_number::{E164, EXAMPLE};
use crate::value::text_value::openapi_text;
use crate::value::{PhoneNumber, TextValue, ValueError};

/// A verified number in E.164, or `""` if the user has none.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct PhoneNumberOrNone(String);

impl From<Option<PhoneNumber>> for PhoneNumberOrNone {
    fn from(number: Option<PhoneNumber>) -> Self {
        Self(number.map(|number| number.as_str().to_owned()).unwrap_or_default())
    }
}

impl TextValue for PhoneNumberOrNone {
    /// A `oneOf` in which every value matches exactly one branch. It is written
    /// by hand, because poem-openapi derives a union as an object.
    fn schema() -> MetaSchema {
        let number = MetaSchema {
            title: Some("E.164 number".to_owned()),
            min_length: Some(1),
            max_length: Some(16),
            pattern: Some(E164.to_owned()),
            example: Some(EXAMPLE.into()),
            ..MetaSchema::new_with_format("string", "phone-number")
        };
        let none = MetaSchema {
            title: Some("No number".to_owned()),
            max_length: Some(0),
            enum_items: vec!["".into()],
            ..MetaSchema::new("string")
        };
        MetaSchema {
            one_of: [number, none].map(|branch| MetaSchemaRef::Inline(Box::new(branch))).into(),
            example: Some(EXAMPLE.into()),
            ..MetaSchema::ANY
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        match text {
            "" => Ok(Self::default()),
            _ => PhoneNumber::parse(text).map(|number| Some(number).into()),
        }
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(PhoneNumberOrNone);
