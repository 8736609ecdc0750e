//! A phone number.

use poem_openapi::registry::MetaSchema;
use sea_orm::DeriveValueType;

use super::text_value::{TextValue, ValueError, openapi_text};

/// E.164, 6.2.1: a country code, then at most 15 digits in all.
pub const E164: &str = r"^\+[1-9][0-9]{1,14}$";
/// A number for examples.
pub const EXAMPLE: &str = "+442071838750";

/// A phone number in E.164. Parsing one also checks it against the numbering plan of its
/// country.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct PhoneNumber(String);

impl TextValue for PhoneNumber {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(3),
            max_length: Some(16),
            pattern: Some(E164.to_owned()),
            example: Some(EXAMPLE.into()),
            ..MetaSchema::new_with_format("string", "phone-number")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        if !is_e164(text) {
            return Err(invalid());
        }
        match phonenumber::parse(None, text) {
            Ok(number) if number.is_valid() => Ok(Self(text.to_owned())),
            _ => Err(ValueError::new(
                "unknown_phone_number",
                "must be a valid phone number; check the country code and the number of digits",
            )),
        }
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(PhoneNumber);

/// Whether [`E164`] matches.
fn is_e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (2..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn invalid() -> ValueError {
    ValueError::new("invalid_phone_number", format!("must be a number in E.164, like `{EXAMPLE}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_that_can_be_called() {
        for (input, why) in [
            (EXAMPLE, "London"),
            ("+4915112345678", "a German mobile phone"),
            ("+14155552671", "San Francisco"),
        ] {
            assert!(PhoneNumber::parse(input).is_ok(), "{why}");
        }
        for (input, code, why) in [
            ("", "invalid_phone_number", "empty: numbers are deleted by their own operation"),
            ("442071838750", "invalid_phone_number", "no plus"),
            ("+44 20 7183 8750", "invalid_phone_number", "spaces"),
            ("+442071838750x", "invalid_phone_number", "a letter"),
            ("+0442071838750", "invalid_phone_number", "no country begins with 0"),
            ("+1415555267", "unknown_phone_number", "a digit short"),
            ("+999123456789", "unknown_phone_number", "no such country"),
            ("+442", "unknown_phone_number", "too short for its country"),
        ] {
            assert_eq!(PhoneNumber::parse(input).unwrap_err().code, code, "{why}");
        }
    }
}
