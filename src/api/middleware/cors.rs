//! Cross-origin resource sharing (the CORS protocol of the Fetch standard): the origins whose
//! pages may call the API. Unless configured, there are none.
//!
//! poem's own middleware replies 403 to every origin that is not listed. This includes the origin
//! of the service, so Swagger UI would not work. A browser needs no such reply: it blocks a page
//! that has no permission.

use std::str::FromStr;

use poem::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, VARY,
};
use poem::http::{HeaderMap, HeaderValue};
use url::Url;

/// The request headers of the document. Some others are always allowed.
const ALLOW_HEADERS: &str = "Authorization, Content-Type, If-Match, If-None-Match";
/// The reply headers of the document. Some others are always exposed.
const EXPOSE_HEADERS: &str = "Accept-Encoding, Content-Disposition, ETag, Location, RateLimit, RateLimit-Policy, \
    Retry-After, WWW-Authenticate, X-Request-Id";
/// The seconds for which a browser may cache a permission. Chromium accepts no more.
const MAX_AGE: &str = "7200";

/// An origin whose pages may call the API, or all origins.
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

/// The origins whose pages may call the API.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cors(pub(crate) Vec<AllowedOrigin>);

impl Cors {
    /// Adds the headers that let pages of `origin` read the reply, if they may.
    pub(crate) fn permit(&self, origin: Option<HeaderValue>, reply: &mut HeaderMap) {
        let allowed = if self.0.contains(&AllowedOrigin::Any) {
            Some(HeaderValue::from_static("*"))
        } else if self.0.is_empty() {
            None
        } else {
            // A cache must not send a reply for one origin to another one.
            reply.append(VARY, HeaderValue::from_static("Origin"));
            origin.filter(|origin| self.0.contains(&AllowedOrigin::One(origin.clone())))
        };
        if let Some(allowed) = allowed {
            reply.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            reply.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSE_HEADERS));
        }
    }

    /// Adds to the reply to a preflight (`OPTIONS`) the methods and headers that the page may send.
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
