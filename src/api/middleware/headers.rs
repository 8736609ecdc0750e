//! The default headers of replies. A reply may set other values.

use poem::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use poem::http::{HeaderMap, HeaderValue};

const DEFAULTS: [(HeaderName, HeaderValue); 4] = [
    // Replies contain personal data, so no cache may store them.
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    // Replies are not pages. The pages of the service set a policy of their own.
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// The media type that poem gives to JSON.
const JSON_WITH_CHARSET: &str = "application/json; charset=utf-8";

/// Adds the headers that are missing. A second call changes nothing.
pub(crate) fn set_defaults(headers: &mut HeaderMap) {
    // JSON is UTF-8, and its media type has no parameter (RFC 8259, 11).
    if headers.get(CONTENT_TYPE).is_some_and(|media_type| media_type == JSON_WITH_CHARSET) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(value);
    }
}
