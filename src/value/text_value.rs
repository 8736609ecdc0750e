//! Text values: a text is parsed once, and from then on its type proves that it is valid.
//!
//! Each value type has its schema and its parser in one file, so that they are easy to
//! compare.

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use poem_openapi::registry::MetaSchema;

/// The error for a text that is not a value of some type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ValueError {
    /// The stable code for programs, in `snake_case`.
    pub code: &'static str,
    /// The sentence for people: what is wrong and what would be right.
    pub message: String,
}

impl ValueError {
    /// An error with a stable `code` and a `message` for people.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }

    /// The error for a text of more than `most` characters, bytes or other units.
    pub fn too_long(most: usize, unit: &str) -> Self {
        Self::new("too_long", format!("must have at most {most} {unit}"))
    }
}

/// A type of text with a form, a schema and a parser of its own.
pub trait TextValue: Sized + Send + Sync {
    /// The schema. The validator of the document checks a `format` in it with
    /// [`TextValue::parse`].
    fn schema() -> MetaSchema;

    /// The schema of a stored value, if it differs from the schema of input.
    fn stored_schema() -> MetaSchema {
        Self::schema()
    }

    /// Parses and normalises `text`.
    ///
    /// # Errors
    /// Says what is wrong when `text` is not such a value.
    fn parse(text: &str) -> Result<Self, ValueError>;

    /// The normalised text.
    fn as_str(&self) -> &str;
}

/// Makes a [`TextValue`] usable as a property in the document.
#[macro_export]
macro_rules! openapi_text {
    ($type:ty $(, $generic:ident: $bound:path)?) => {
        impl$(<$generic: $bound>)? ::poem_openapi::types::Type for $type {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> ::std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn schema_ref() -> ::poem_openapi::registry::MetaSchemaRef {
                ::poem_openapi::registry::MetaSchemaRef::Inline(Box::new(
                    <$type as $crate::text_value::TextValue>::schema(),
                ))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(::std::iter::once(self))
            }
        }

        impl$(<$generic: $bound>)? ::poem_openapi::types::ParseFromJSON for $type {
            fn parse_from_json(
                value: Option<::serde_json::Value>,
            ) -> ::poem_openapi::types::ParseResult<Self> {
                match value {
                    Some(::serde_json::Value::String(text)) => {
                        $crate::text_value::TextValue::parse(&text)
                            .map_err(::poem_openapi::types::ParseError::custom)
                    }
                    other => Err(::poem_openapi::types::ParseError::expected_type(
                        other.unwrap_or_default(),
                    )),
                }
            }
        }

        impl$(<$generic: $bound>)? ::poem_openapi::types::ToJSON for $type {
            fn to_json(&self) -> Option<::serde_json::Value> {
                Some($crate::text_value::TextValue::as_str(self).into())
            }
        }
    };
}
pub use openapi_text;

/// Whether a character could make a text look like another one: bidirectional embeddings,
/// overrides and isolates (UAX #9), and the marks that imply them.
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character shows nothing at all, by itself: white space, what fonts ignore (such as
/// joiners, soft hyphens, variation selectors and fillers), and the signs that are blank.
pub fn is_invisible(c: char) -> bool {
    const BLANK: [char; 5] = [
        '\u{2800}', // Braille pattern blank
        '\u{FFF9}', // the three characters of interlinear annotations
        '\u{FFFA}',
        '\u{FFFB}',
        '\u{1D159}', // musical symbol null notehead
    ];
    let is_ignored = || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c);
    c.is_whitespace() || c.is_control() || BLANK.contains(&c) || is_ignored()
}

/// Converts a text to Unicode Normalization Form C.
pub fn nfc(text: &str) -> String {
    icu_normalizer::ComposingNormalizer::new_nfc().normalize(text).into_owned()
}
