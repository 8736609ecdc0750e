//! The headers of replies, as the document shows them.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

/// The usual spelling of a header that operations send, and the schema of its value. poem-openapi
/// cannot express either.
pub(super) fn sent(name: &str) -> Option<(&'static str, ObjectBuilder)> {
    let (name, length, pattern) = match name.to_ascii_lowercase().as_str() {
        "cache-control" => ("Cache-Control", 17, "^(private, no-cache|no-store)$"),
        "etag" => ("ETag", 24, "^\"[A-Za-z0-9_-]{22}\"$"),
        "content-disposition" => ("Content-Disposition", 64, "^attachment; filename=\".+\"$"),
        "set-cookie" => ("Set-Cookie", 192, "^(__Host-)?cu_(device|session)=[a-z2-7_~]*; .+$"),
        "location" => ("Location", 46, "^/(me|erasures/[0-9a-f-]{36})$"),
        _ => return None,
    };
    Some((name, text(length).pattern(Some(pattern))))
}

/// The number of characters of a UUID.
const UUID: usize = 36;

/// `X-Request-Id`.
pub(super) fn request_id() -> Header {
    let uuid =
        text(UUID).format(Some(SchemaFormat::Custom("uuid".to_owned()))).min_length(Some(UUID));
    header("The id of the request, which the service's log contains as well.", uuid)
}

/// `WWW-Authenticate`.
pub(super) fn authenticate() -> Header {
    let challenge = text(256).pattern(Some("^Bearer .+$"));
    header("The way to authenticate (RFC 6750).", challenge)
}

/// `Accept-Encoding`.
pub(super) fn accept_encoding() -> Header {
    let codings = text(8).pattern(Some("^identity$"));
    header("The accepted codings of a body. It is sent if the body had another one.", codings)
}

/// `Retry-After`.
pub(super) fn retry_after() -> Header {
    let seconds = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(1))
        .maximum(Some(3600));
    header("The number of seconds after which the request may be sent again.", seconds)
}

/// `RateLimit-Policy` and `RateLimit`, of replies to requests with a rate limit.
pub(super) fn rate_limits() -> [(&'static str, Header); 2] {
    let list = |item: &str| text(512).pattern(Some(format!("^{item}(, {item})*$")));
    let policy = list(r#""[a-z-]+";q=[0-9]+;w=[0-9]+"#);
    let limit = list(r#""[a-z-]+";r=[0-9]+;t=[0-9]+"#);
    [
        (
            "RateLimit-Policy",
            header("The limits of the client: `q` requests in `w` seconds.", policy),
        ),
        (
            "RateLimit",
            header("How many requests are left (`r`), and more of them after `t` seconds.", limit),
        ),
    ]
}

/// `Access-Control-Allow-Origin`.
pub(super) fn allow_origin() -> Header {
    let origin = text(256).pattern(Some(r"^(\*|[a-z][a-z0-9+.-]*://[^/]+)$"));
    header(
        "The origin whose pages may read the reply. It is sent only if CORS is configured.",
        origin,
    )
}

fn text(max_length: usize) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).max_length(Some(max_length))
}

fn header(description: &str, schema: ObjectBuilder) -> Header {
    HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build()
}
