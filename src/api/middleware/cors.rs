//! Which pages of other origins may call (the CORS protocol of the Fetch
//! standard). None, unless configured.
//!
//! poem's own middleware answers 403 to every origin that is not listed, its own
//! included, which would shut Swagger UI out; a browser needs no refusal, only
//! the lack of a permission.

use std::str::FromStr;

use poem::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, VARY,
};
use poem::http::{HeaderMap, HeaderValue};
use url::Url;

/// Request headers that the document names, besides those that are always allowed.
const ALLOW_HEADERS: &str = "Authorization, Content-Type, If-Match, If-None-Match";
/// Reply headers that the document names, besides those that are always exposed.
const EXPOSE_HEADERS: &str =
    "Content-Disposition, ETag, Location, Retry-After, WWW-Authenticate, X-Request-Id";
/// Seconds for which a browser may remember a permission; Chromium takes no more.
const MAX_AGE: &str = "7200";

/// An origin that may call, or all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedOrigin {
    /// `*`.
    Any,
    /// `https://app.example.com`, as browsers write it.
    One(HeaderValue),
}

impl FromStr for AllowedOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "*" {
            return Ok(Self::Any);
        }
        let origin = Url::parse(text).ok().map(|url| url.origin().ascii_serialization());
        origin
            .filter(|origin| origin == text)
            .and_then(|origin| HeaderValue::from_str(&origin).ok())
            .map(Self::One)
            .ok_or_else(|| "must be `*` or an origin like `https://app.example.com`".to_owned())
    }
}

/// The origins that may call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cors(pub(crate) Vec<AllowedOrigin>);

impl Cors {
    /// Says in the headers of a reply to `origin` who may read it.
    pub(crate) fn permit(&self, origin: Option<HeaderValue>, reply: &mut HeaderMap) {
        let allowed = if self.0.contains(&AllowedOrigin::Any) {
            Some(HeaderValue::from_static("*"))
        } else if self.0.is_empty() {
            None
        } else {
            // What one origin may read, a cache must not give to another.
            reply.append(VARY, HeaderValue::from_static("Origin"));
            origin.filter(|origin| self.0.contains(&AllowedOrigin::One(origin.clone())))
        };
        if let Some(allowed) = allowed {
            reply.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            reply.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSE_HEADERS));
        }
    }

    /// Adds to the reply to a preflight (OPTIONS) what the page may send.
    pub(crate) fn permit_preflight(&self, reply: &mut HeaderMap) {
        if let (true, Some(methods)) =
            (reply.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN), reply.get(ALLOW).cloned())
        {
            reply.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
            reply.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOW_HEADERS));
            reply.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for text in ["*", " https://app.example.com", "http://localhost:3000"] {
            assert!(text.parse::<AllowedOrigin>().is_ok(), "{text}");
        }
        let cases =
            ["", "app.example.com", "https://app.example.com/", "https://a.example:443", "null"];
        for text in cases {
            assert!(text.parse::<AllowedOrigin>().is_err(), "{text}");
        }
    }
}
