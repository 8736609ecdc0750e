//! The public URL of the service.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use url::Url;

use crate::loopback::is_loopback;

/// The maximum number of bytes. It leaves room for the path in the URL of an avatar.
const MAX_BYTES: usize = 1024;

/// The URL at which callers reach the service, without a `/` at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The URL of a `path` of the service, which begins with `/`.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Whether only callers on the same machine can use it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        // RFC 6761 keeps the names in `localhost` on this machine.
        let is_named = |url: &Url| url.host_str().is_some_and(|host| host.ends_with(".localhost"));
        Url::parse(&self.0).is_ok_and(|url| is_loopback(&url) || is_named(&url))
    }

    /// Whether callers use TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("must be a URL: {error}"))?;
        let is_plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().or(url.fragment()).is_none()
            && url.as_str().len() <= MAX_BYTES;
        match is_plain {
            true => Ok(Self(url.as_str().trim_end_matches('/').to_owned())),
            false => Err("must be like `https://accounts.example.com`".to_owned()),
        }
    }
}

/// The default, for callers on the same machine.
impl From<SocketAddr> for PublicUrl {
    fn from(address: SocketAddr) -> Self {
        Self(format!("http://{address}"))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_can_follow() {
        let cases = [
            ("https://accounts.example.com", "https://accounts.example.com"),
            ("HTTP://Localhost:8080/", "http://localhost:8080"),
            ("https://example.com/accounts//", "https://example.com/accounts"),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<PublicUrl>().unwrap().to_string(), expected);
        }
    }

    #[test]
    fn only_this_machine_has_a_loopback_url() {
        let cases = [
            ("http://localhost:8080", true),
            ("http://accounts.localhost", true),
            ("http://127.1.2.3", true),
            ("http://[::1]:8080/accounts", true),
            ("https://accounts.example.com", false),
            ("http://localhost.example.com", false),
            ("http://192.0.2.1", false),
            ("http://[2001:db8::1]", false),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<PublicUrl>().unwrap().is_loopback(), expected, "{text}");
        }
    }

    #[test]
    fn what_no_path_can_follow_is_refused() {
        let cases = [
            "",
            "example.com",
            "ftp://example.com/",
            "https://ada:secret@example.com/",
            "https://example.com/?a=b",
            "https://example.com/#a",
        ];
        for text in cases {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
