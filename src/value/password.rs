//! Passwords: new ones, and those that are sent as proof.

use std::collections::HashSet;
use std::sync::LazyLock;

use poem_openapi::registry::MetaSchema;

use super::text_value::{TextValue, ValueError, openapi_text};

/// The minimum number of characters: OWASP ASVS 5.0, 6.2.1.
const MIN_CHARS: usize = 8;
/// The maximum number of characters. ASVS 5.0, 6.2.9 asks to allow at least 64.
const MAX_CHARS: usize = 256;

/// The most common passwords of at least eight characters, one per line, sorted and in
/// lower case: the list of Royce Williams as shipped with Django (BSD licence). ASVS 5.0,
/// 6.2.4 asks for at least 3,000.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// A new password: 8 to 256 characters, taken as typed. Any characters are allowed, but
/// none of the most common passwords.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

impl TextValue for NewPassword {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(MIN_CHARS),
            max_length: Some(MAX_CHARS),
            example: Some("correct horse battery staple".into()),
            ..MetaSchema::new_with_format("string", "new-password")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        match text.chars().count() {
            ..MIN_CHARS => Err(ValueError::new(
                "too_short",
                format!("must have at least {MIN_CHARS} characters"),
            )),
            MIN_CHARS..=MAX_CHARS if COMMON.contains(text.to_lowercase().as_str()) => {
                Err(ValueError::new(
                    "password_too_common",
                    "is one of the most common passwords; choose another one",
                ))
            }
            MIN_CHARS..=MAX_CHARS => Ok(Self(text.to_owned())),
            _ => Err(ValueError::too_long(MAX_CHARS, "characters")),
        }
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(NewPassword);

/// A password that is sent as proof. Only its length is limited, because a change of any
/// other rule would lock users out.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl TextValue for Password {
    fn schema() -> MetaSchema {
        MetaSchema { min_length: Some(1), format: Some("password"), ..NewPassword::schema() }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        match text.chars().count() {
            1..=MAX_CHARS => Ok(Self(text.to_owned())),
            0 => Err(ValueError::new("too_short", "must not be empty")),
            _ => Err(ValueError::too_long(MAX_CHARS, "characters")),
        }
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(Password);

impl From<NewPassword> for Password {
    fn from(password: NewPassword) -> Self {
        Self(password.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_characters_will_do_but_not_the_common_ones() {
        for (input, why) in [
            ("correct horse battery staple", "a phrase"),
            ("        ", "spaces are characters"),
            ("пароль🔑пароль", "any script"),
        ] {
            assert!(NewPassword::parse(input).is_ok(), "{why}");
        }
        for (input, code, why) in [
            ("1234567", "too_short", "seven characters"),
            ("password1", "password_too_common", "on every list"),
            ("PassWord1", "password_too_common", "case does not help"),
        ] {
            assert_eq!(NewPassword::parse(input).err().map(|e| e.code), Some(code), "{why}");
        }
        assert!(NewPassword::parse(&"é".repeat(256)).is_ok());
        assert!(NewPassword::parse(&"é".repeat(257)).is_err());
    }

    #[test]
    fn the_list_of_common_passwords_can_match() {
        assert!(COMMON.len() >= 3000);
        for password in COMMON.iter() {
            assert_eq!(*password, password.to_lowercase());
            assert!(password.chars().count() >= MIN_CHARS, "{password} is refused anyway");
        }
    }
}
