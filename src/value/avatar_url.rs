//! The URL of an avatar.

use poem_openapi::registry::MetaSchema;
use sea_orm::DeriveValueType;
use url::Url;

use super::text_value::{TextValue, ValueError, openapi_text};

/// The maximum number of bytes of an avatar URL, as serialised.
const MAX_BYTES: usize = 2048;

/// An absolute `https` URL without user information, as the WHATWG URL Standard serialises
/// it. The service never fetches it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct AvatarUrl(String);

impl AvatarUrl {
    /// The URL of an avatar that was uploaded to the service, which may be found at `http`.
    #[must_use]
    pub fn uploaded(url: String) -> Self {
        Self(url)
    }
}

impl TextValue for AvatarUrl {
    fn schema() -> MetaSchema {
        MetaSchema {
            max_length: Some(MAX_BYTES),
            pattern: Some("^[Hh][Tt][Tt][Pp][Ss]://[^@/?#]+([/?#].*)?$".to_owned()),
            example: Some("https://images.example.com/ada.png".into()),
            ..MetaSchema::new_with_format("string", "uri")
        }
    }

    /// This allows `http` too: the public URL of the service may use it, and so may the
    /// URLs of uploaded avatars.
    fn stored_schema() -> MetaSchema {
        MetaSchema {
            pattern: Some("^[Hh][Tt][Tt][Pp][Ss]?://[^@/?#]+([/?#].*)?$".to_owned()),
            ..Self::schema()
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        let url = Url::parse(text)
            .map_err(|error| ValueError::new("invalid_url", format!("must be a URL: {error}")))?;
        if url.scheme() != "https" {
            return Err(ValueError::new("not_https", "must be an https URL"));
        }
        // The URL Standard takes such a host, but it names nothing.
        if url.domain().is_some_and(has_empty_label) {
            return Err(ValueError::new(
                "invalid_url",
                "must be a URL with a whole host name, like `https://images.example.com/ada.png`",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ValueError::new(
                "url_has_userinfo",
                "must not contain a user name or password",
            ));
        }
        if url.as_str().len() > MAX_BYTES {
            return Err(ValueError::too_long(MAX_BYTES, "bytes"));
        }
        Ok(Self(url.into()))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(AvatarUrl);

/// Whether there is nothing before, after or between dots. A name may end with one dot.
fn has_empty_label(domain: &str) -> bool {
    domain.strip_suffix('.').unwrap_or(domain).split('.').any(str::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_serialised_by_the_standard() {
        let url = AvatarUrl::parse("HTTPS://Bücher.Example:443/a b/../ä.png").unwrap();
        assert_eq!(url.as_str(), "https://xn--bcher-kva.example/%C3%A4.png");
        for text in ["https://example.com./a.png", "https://192.0.2.1/", "https://[2001:db8::1]/"] {
            assert_eq!(AvatarUrl::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_could_mislead_is_refused() {
        let cases = [
            ("http://example.com/a.png", "not_https", "anyone on the way can swap it"),
            ("javascript:alert(1)", "not_https", "would run in a page that links it"),
            ("/a.png", "invalid_url", "relative"),
            ("https://", "invalid_url", "no host"),
            ("https://../", "invalid_url", "nothing but dots"),
            ("https://./a.png", "invalid_url", "the root of all names"),
            ("https://%2e/", "invalid_url", "a dot"),
            ("https://images..example.com/", "invalid_url", "a part of the name is empty"),
            ("https://.example.com/", "invalid_url", "it begins with a dot"),
            ("https://example.com../", "invalid_url", "two dots at its end"),
            ("https://ada:secret@example.com/", "url_has_userinfo", "credentials"),
            ("https://example.com@evil.example/", "url_has_userinfo", "looks like another host"),
        ];
        for (input, code, why) in cases {
            assert_eq!(AvatarUrl::parse(input).unwrap_err().code, code, "{why}");
        }
        let long = format!("https://example.com/{}", "a".repeat(2048));
        assert_eq!(AvatarUrl::parse(&long).unwrap_err().code, "too_long");
    }
}
