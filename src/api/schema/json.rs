//! JSON, as replies send it.

use poem::{IntoResponse, Response};
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{ToJSON, Type};

/// A body of JSON. poem-openapi's own names a charset, which JSON has not, and does not end with a
/// newline.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// The JSON of a value, with a newline at its end: the prompt of a shell begins a line of its own,
/// and a file of replies has one on each line.
pub(crate) fn json_line(value: &impl ToJSON) -> String {
    let mut text = value.to_json_string();
    text.push('\n');
    text
}

impl<T: Type> Payload for Json<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ToJSON> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        Response::builder().content_type(Self::CONTENT_TYPE).body(json_line(&self.0))
    }
}
