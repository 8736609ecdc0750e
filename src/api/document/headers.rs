//! Headers of replies, as the document shows them.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

/// Characters of a UUID.
const UUID: usize = 36;

/// `X-Request-Id`.
pub(super) fn request_id() -> Header {
    let uuid = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("uuid".to_owned())))
        .min_length(Some(UUID))
        .max_length(Some(UUID));
    header("Names this request in the service's log.", uuid)
}

/// `WWW-Authenticate`.
pub(super) fn authenticate() -> Header {
    let challenge = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^Bearer .+$"))
        .max_length(Some(256));
    header("How to authenticate (RFC 6750).", challenge)
}

/// `Retry-After`.
pub(super) fn retry_after() -> Header {
    let seconds = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(1))
        .maximum(Some(3600));
    header("Seconds after which to try again.", seconds)
}

/// `Access-Control-Allow-Origin`.
pub(super) fn allow_origin() -> Header {
    let origin = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(r"^(\*|[a-z][a-z0-9+.-]*://[^/]+)$"))
        .max_length(Some(256));
    header("The origin whose pages may read this; only where CORS is configured.", origin)
}

fn header(description: &str, schema: ObjectBuilder) -> Header {
    HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build()
}
