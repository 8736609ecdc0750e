//! A biography: what users say about themselves.

use poem_openapi::registry::MetaSchema;
use sea_orm::DeriveValueType;

use super::text_value::{TextValue, ValueError, nfc, openapi_text};

/// The maximum number of characters of a biography.
const MAX_CHARS: usize = 4096;

/// A biography: up to 4,096 characters in Normalization Form C. Newlines are kept, other
/// control characters are refused.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct Bio(String);

impl TextValue for Bio {
    fn schema() -> MetaSchema {
        MetaSchema {
            max_length: Some(MAX_CHARS),
            pattern: Some(r"^[^\u0000-\u0009\u000B\u000C\u000E-\u001F\u007F-\u009F]*$".to_owned()),
            example: Some("First programmer.\nLikes engines.".into()),
            ..MetaSchema::new_with_format("string", "biography")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        let bio = nfc(text);
        // Composing makes most texts shorter, and a few longer. Both forms are limited.
        if text.chars().count().max(bio.chars().count()) > MAX_CHARS {
            return Err(ValueError::too_long(MAX_CHARS, "characters"));
        }
        if bio.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r')) {
            return Err(ValueError::new(
                "forbidden_character",
                "must not contain control characters other than newlines",
            ));
        }
        Ok(Self(bio))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(Bio);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newlines_are_kept_and_text_is_composed() {
        let bio = Bio::parse("Cafe\u{301}\r\nand more\n").unwrap();
        assert_eq!(bio.as_str(), "Caf\u{e9}\r\nand more\n");
    }

    #[test]
    fn other_control_characters_are_refused() {
        for (input, why) in [("a\u{0}", "NUL"), ("a\tb", "tab"), ("\u{1b}[31m", "escape")] {
            assert_eq!(Bio::parse(input).unwrap_err().code, "forbidden_character", "{why}");
        }
    }

    #[test]
    fn the_limit_is_4096_characters() {
        assert!(Bio::parse(&"ß".repeat(4096)).is_ok());
        assert_eq!(Bio::parse(&"ß".repeat(4097)).unwrap_err().code, "too_long");
    }
}
