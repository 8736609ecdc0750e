//! A display name.

use poem_openapi::registry::MetaSchema;
use sea_orm::DeriveValueType;

use super::text_value::{TextValue, ValueError, is_bidi_control, is_invisible, nfc, openapi_text};

/// The maximum number of characters of a name, after trimming.
const MAX_CHARS: usize = 256;

/// A display name: 1 to 256 characters, at least one of them visible, trimmed, in Normalization
/// Form C, without control characters, line separators or bidirectional overrides.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct Name(String);

impl TextValue for Name {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(1),
            // This leaves room for surrounding space, which is trimmed. The pattern limits
            // the rest. It does not ask for a visible character, because a pattern that does
            // needs a look-ahead, which some clients can't compile.
            max_length: Some(4 * MAX_CHARS),
            pattern: Some(format!(r"^\s*{}\s*$", pattern())),
            example: Some("Ada Lovelace".into()),
            ..MetaSchema::new_with_format("string", "display-name")
        }
    }

    fn stored_schema() -> MetaSchema {
        MetaSchema {
            max_length: Some(MAX_CHARS),
            pattern: Some(format!("^{}$", pattern())),
            ..Self::schema()
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        // ECMAScript, whose patterns clients use, counts U+FEFF as white space too.
        let typed = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        let name = nfc(typed);
        if name.is_empty() {
            return Err(ValueError::new(
                "too_short",
                "must have at least 1 character that is not white space",
            ));
        }
        // Composing makes most texts shorter, and a few longer. Both forms are limited.
        if typed.chars().count().max(name.chars().count()) > MAX_CHARS {
            return Err(ValueError::too_long(MAX_CHARS, "characters"));
        }
        if name.chars().any(|c| c.is_control() || is_line_separator(c) || is_bidi_control(c)) {
            return Err(ValueError::new(
                "forbidden_character",
                "must not contain control characters, line separators or bidirectional overrides",
            ));
        }
        if name.chars().all(is_invisible) {
            return Err(ValueError::new("invisible", "must have at least 1 visible character"));
        }
        Ok(Self(name))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(Name);

/// Whether a character is U+2028 LINE SEPARATOR or U+2029 PARAGRAPH SEPARATOR. A name has one line.
fn is_line_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// The pattern of up to 256 characters that begin and end with something other than space.
fn pattern() -> String {
    let forbidden = r"\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069";
    format!(r"[^\s{forbidden}]([^{forbidden}]{{0,254}}[^\s{forbidden}])?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_composed() {
        let cases = [
            ("Ada", "Ada", "kept"),
            ("  Ada Lovelace\n", "Ada Lovelace", "space around is not part of a name"),
            ("Ame\u{301}lie", "Am\u{e9}lie", "NFC"),
            ("\u{FEFF}Ada\u{FEFF} ", "Ada", "a byte order mark is nothing to see"),
            ("👩‍🚀", "👩‍🚀", "a joiner inside an emoji is not a bidi control"),
            ("\u{200B}Ada\u{FE0F}", "\u{200B}Ada\u{FE0F}", "there is something to see"),
            ("\u{301}", "\u{301}", "an accent is something to see"),
        ];
        for (input, expected, why) in cases {
            assert_eq!(Name::parse(input).unwrap().as_str(), expected, "{why}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let cases = [
            ("", "too_short", "empty"),
            (" \t\n", "too_short", "nothing but space"),
            ("a\u{0}b", "forbidden_character", "NUL"),
            ("a\nb", "forbidden_character", "newline inside"),
            ("a\u{2028}b", "forbidden_character", "line separator"),
            ("a\u{2029}b", "forbidden_character", "paragraph separator"),
            ("evil\u{202E}gnp.exe", "forbidden_character", "right-to-left override"),
            ("\u{200B}", "invisible", "zero-width space"),
            ("\u{200D} \u{200C}", "invisible", "joiners"),
            ("\u{2060}\u{AD}", "invisible", "word joiner and soft hyphen"),
            ("\u{2800}", "invisible", "braille pattern blank"),
            ("\u{3164}\u{FFA0}\u{115F}", "invisible", "Hangul fillers"),
            ("\u{FE0F}\u{E0100}\u{180B}", "invisible", "variation selectors"),
            ("\u{E0067}\u{E007F}", "invisible", "tags"),
            ("\u{34F}", "invisible", "combining grapheme joiner"),
        ];
        for (input, code, why) in cases {
            assert_eq!(Name::parse(input).unwrap_err().code, code, "{why}");
        }
    }

    #[test]
    fn length_is_counted_in_characters_after_trimming() {
        assert!(Name::parse(&format!("  {}  ", "é".repeat(256))).is_ok());
        assert_eq!(Name::parse(&"é".repeat(257)).unwrap_err().code, "too_long");
    }
}
