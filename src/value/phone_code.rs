//! The code that proves a phone number.

use poem_openapi::registry::MetaSchema;

use super::text_value::{TextValue, ValueError, openapi_text};

/// The number of digits of a code.
const DIGITS: usize = 6;

/// A code of six digits.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneCode(String);

impl PhoneCode {
    /// A new code.
    #[must_use]
    pub fn new(random: [u8; 8]) -> Self {
        // With 64 random bits, the first numbers are likelier by less than one in 10^13.
        let number = u64::from_be_bytes(random) % 1_000_000;
        Self(format!("{number:06}"))
    }
}

impl TextValue for PhoneCode {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(DIGITS),
            max_length: Some(DIGITS),
            pattern: Some(format!("^[0-9]{{{DIGITS}}}$")),
            example: Some("493027".into()),
            ..MetaSchema::new("string")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        if text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueError::new("invalid_code", format!("must be {DIGITS} digits")))
        }
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(PhoneCode);
