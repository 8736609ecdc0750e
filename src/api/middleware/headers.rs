//! The default headers of replies. A reply may set other values.

use poem::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use poem::http::{HeaderMap, HeaderValue};

const DEFAULTS: [(HeaderName, HeaderValue); 4] = [
    // Replies contain personal data, so no cache may store them.
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    // Replies are not pages. The pages of the service set a policy of their own.
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
             sandbox",
        ),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// Browsers use only TLS for the host and its subdomains, for a year after the last reply (RFC 6797).
/// Without the subdomains, a page on one of them could be forged, and set cookies for the host.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// Tells browsers that callers reach the service over TLS only.
pub(super) fn require_tls(headers: &mut HeaderMap) {
    headers.insert(STRICT_TRANSPORT_SECURITY, TLS_ONLY);
}

/// Adds the headers that are missing. A second call changes nothing.
pub(crate) fn set_defaults(headers: &mut HeaderMap) {
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(value);
    }
}
