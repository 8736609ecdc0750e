//! Text values as replies show them.

use poem_openapi::registry::MetaSchema;
use poem_openapi::types::Example;

use crate::value::text_value::openapi_text;
use crate::value::{TextValue, ValueError};

/// A `T` as a reply shows it: in its normal form, where a request may send another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: TextValue> TextValue for Shown<T> {
    fn schema() -> MetaSchema {
        // The example of the object that it belongs to shows it.
        MetaSchema { example: None, ..T::stored_schema() }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        T::parse(text).map(Self)
    }

    fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

openapi_text!(Shown<T>, T: TextValue);

/// The example of the value type.
#[expect(clippy::expect_used, reason = "the examples are constant; a test prints the document")]
impl<T: TextValue> Example for Shown<T> {
    fn example() -> Self {
        let example = T::schema().example.expect("an example");
        Self(T::parse(example.as_str().expect("a text")).expect("an example that is valid"))
    }
}
