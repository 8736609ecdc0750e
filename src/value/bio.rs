//! A biography: what users say about themselves.

use poem_openapi::registry::MetaSchema;
use sea_orm::DeriveValueType;

use super::text_value::{TextValue, ValueError, nfc, openapi_text};

/// The maximum number of characters of a biography.
const MAX_CHARS: usize = 4096;

/// A biography: up to 4,096 characters in Normalization Form C. Every line break becomes `\n`. Tabs
/// are kept, other control characters are refused.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct Bio(String);

impl TextValue for Bio {
    fn schema() -> MetaSchema {
        MetaSchema {
            // A line break counts as one character and may be written as two (`\r\n`). A pattern
            // can't count that, so a longer text within these bounds is refused by the parser.
            max_length: Some(2 * MAX_CHARS),
            pattern: Some(r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$".to_owned()),
            example: Some("First programmer.\nLikes engines.".into()),
            ..MetaSchema::new_with_format("string", "biography")
        }
    }

    /// This allows `\r`, which earlier versions have stored.
    fn stored_schema() -> MetaSchema {
        MetaSchema { max_length: Some(MAX_CHARS), ..Self::schema() }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let bio = nfc(&text);
        // Composing makes most texts shorter, and a few longer. Both forms are limited.
        if text.chars().count().max(bio.chars().count()) > MAX_CHARS {
            return Err(ValueError::too_long(MAX_CHARS, "characters"));
        }
        if bio.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(ValueError::new(
                "forbidden_character",
                "must not contain control characters other than line breaks and tabs",
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
    fn line_breaks_become_newlines_and_text_is_composed() {
        let bio = Bio::parse("Cafe\u{301}\r\nand\tmore\r\r\n\n").unwrap();
        assert_eq!(bio.as_str(), "Caf\u{e9}\nand\tmore\n\n\n");
    }

    #[test]
    fn other_control_characters_are_refused() {
        for (input, why) in
            [("a\u{0}", "NUL"), ("a\u{b}b", "vertical tab"), ("\u{1b}[31m", "escape")]
        {
            assert_eq!(Bio::parse(input).unwrap_err().code, "forbidden_character", "{why}");
        }
    }

    #[test]
    fn the_limit_is_4096_characters() {
        assert!(Bio::parse(&"ß".repeat(4096)).is_ok());
        assert_eq!(Bio::parse(&"ß".repeat(4097)).unwrap_err().code, "too_long");
        assert!(Bio::parse(&"\r\n".repeat(4096)).is_ok(), "a line break is one character");
        assert_eq!(Bio::parse(&"\r\n".repeat(4097)).unwrap_err().code, "too_long");
    }
}
