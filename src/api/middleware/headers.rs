//! Headers of every reply, where it does not set its own.

use poem::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use poem::http::{HeaderMap, HeaderValue};

const DEFAULTS: [(HeaderName, HeaderValue); 4] = [
    // Replies are about one person: nothing on the way may keep them.
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    // Nothing here is a page, but for those that say so themselves.
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// How poem labels JSON.
const JSON_WITH_CHARSET: &str = "application/json; charset=utf-8";

/// Adds what is missing. Does nothing the second time.
pub(crate) fn set_defaults(headers: &mut HeaderMap) {
    // JSON is UTF-8, and its media type has no parameter (RFC 8259, 11).
    if headers.get(CONTENT_TYPE).is_some_and(|media_type| media_type == JSON_WITH_CHARSET) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(value);
    }
}
