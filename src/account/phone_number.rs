//! A phone number, or the lack of one.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use super::value::{TextValue, ValueError, openapi_text};

/// A verified number in E.164, or `""`: this user has no number.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PhoneNumber(String);

impl From<Option<String>> for PhoneNumber {
    /// From the column: a verified number, or none.
    fn from(stored: Option<String>) -> Self {
        Self(stored.unwrap_or_default())
    }
}

impl TextValue for PhoneNumber {
    /// A `oneOf` in which every value matches exactly one branch. Written by
    /// hand, because a derived union calls itself an object.
    fn schema() -> MetaSchema {
        let number = MetaSchema {
            title: Some("E.164 number".to_owned()),
            min_length: Some(1),
            max_length: Some(16),
            // E.164, 6.2.1: a country code, then at most 15 digits in all.
            pattern: Some(r"^\+[1-9][0-9]{1,14}$".to_owned()),
            example: Some("+442071234567".into()),
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
            example: Some("+442071234567".into()),
            ..MetaSchema::ANY
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        let digits = text.strip_prefix('+').unwrap_or_default();
        let e164 = (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if e164 || text.is_empty() {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueError::new(
                "invalid_phone_number",
                "must be a number in E.164, like `+442071234567`",
            ))
        }
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(PhoneNumber);
