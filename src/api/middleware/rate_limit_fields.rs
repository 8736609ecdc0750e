//! The `RateLimit` and `RateLimit-Policy` fields (draft-ietf-httpapi-ratelimit-headers): what is
//! left of the limits that applied to a request.

use poem::http::header::HeaderName;
use poem::http::{HeaderMap, HeaderValue};

use crate::account::limits::{Quota, Quotas, WINDOW};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Adds the fields, if a limit applied to the request.
pub(super) fn add(quotas: &Quotas, headers: &mut HeaderMap) {
    let quotas = quotas.get();
    if quotas.is_empty() {
        return;
    }
    let policy = |quota: &Quota| {
        format!("\"{}\";q={};w={}", quota.limit.name(), quota.max, WINDOW.as_secs())
    };
    let limit = |quota: &Quota| {
        let more_after = quota.more_after.as_millis().div_ceil(1000);
        format!("\"{}\";r={};t={more_after}", quota.limit.name(), quota.left)
    };
    insert(headers, POLICY, quotas.iter().map(policy));
    insert(headers, LIMIT, quotas.iter().map(limit));
}

/// Inserts a list of structured items (RFC 9651, 3.1).
fn insert(headers: &mut HeaderMap, name: HeaderName, items: impl Iterator<Item = String>) {
    let list = items.collect::<Vec<_>>().join(", ");
    if let Ok(value) = HeaderValue::try_from(list) {
        headers.insert(name, value);
    }
}
