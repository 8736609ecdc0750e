//! Tokens: those that open a session, and one-time tokens, which are mailed.

use std::marker::PhantomData;

use data_encoding::{Encoding, Specification};
use poem_openapi::registry::MetaSchema;
use sha2::{Digest, Sha256};

use super::text_value::{TextValue, ValueError, openapi_text};

/// The number of random bytes: 256 bits.
const SECRET: usize = 32;
/// The number of bytes of the CRC-32 at the end. It detects a text that only looks like a
/// token, without a query. It protects nothing.
const CHECKSUM: usize = 4;
/// The number of characters after the prefix, of five bits each.
const LENGTH: usize = ((SECRET + CHECKSUM) * 8).div_ceil(5);

/// The use of a token.
pub trait Use: Send + Sync + 'static {
    /// The prefix of every token, by which people and secret scanners recognise it.
    const PREFIX: &'static str;
    /// The error message for any other text.
    const REFUSAL: &'static str;
    /// The `format` by which the validator of the document finds the parser, if such tokens
    /// are sent in bodies.
    const FORMAT: Option<&'static str>;
}

/// The token opens a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionToken {}

impl Use for SessionToken {
    const PREFIX: &'static str = "cu_";
    const REFUSAL: &'static str = "must be a token that a login returned";
    const FORMAT: Option<&'static str> = None;
}

/// The token is mailed, and works once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailedToken {}

impl Use for MailedToken {
    const PREFIX: &'static str = "cu1_";
    const REFUSAL: &'static str = "must be a token that was mailed, complete and unchanged";
    const FORMAT: Option<&'static str> = Some("one-time-token");
}

/// An opaque token: a prefix and 58 characters of lower-case base32, the last of
/// which are a checksum over the random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Token<U = SessionToken>(String, PhantomData<U>);

/// A token that is mailed, and works once.
pub type OneTimeToken = Token<MailedToken>;

/// SHA-256 of a token: the only form in which it is stored.
pub type TokenHash = [u8; 32];

impl<U: Use> Token<U> {
    /// The token with these random bytes.
    #[must_use]
    pub fn new(secret: [u8; SECRET]) -> Self {
        let checksum = crc32fast::hash(&secret).to_be_bytes();
        let text = base32().encode(&[&secret[..], &checksum[..]].concat());
        Self(format!("{}{text}", U::PREFIX), PhantomData)
    }

    /// A token for examples. It opens nothing.
    #[must_use]
    pub fn example() -> Self {
        Self::new([0; SECRET])
    }

    /// The hash, which is stored in place of the token.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl<U: Use> TextValue for Token<U> {
    fn schema() -> MetaSchema {
        MetaSchema {
            format: U::FORMAT,
            min_length: Some(U::PREFIX.len() + LENGTH),
            max_length: Some(U::PREFIX.len() + LENGTH),
            pattern: Some(format!("^{}[a-z2-7]{{{LENGTH}}}$", U::PREFIX)),
            example: Some(Self::example().0.into()),
            ..MetaSchema::new("string")
        }
    }

    /// Checks the form and the checksum. Only the store knows whether the token is valid.
    fn parse(text: &str) -> Result<Self, ValueError> {
        text.strip_prefix(U::PREFIX)
            .and_then(|text| base32().decode(text.as_bytes()).ok())
            .filter(|bytes| is_genuine(bytes))
            .map(|_| Self(text.to_owned(), PhantomData))
            .ok_or_else(|| ValueError::new("invalid_token", U::REFUSAL))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(Token<U>, U: Use);

fn is_genuine(bytes: &[u8]) -> bool {
    bytes.split_last_chunk::<CHECKSUM>().is_some_and(|(secret, checksum)| {
        secret.len() == SECRET && crc32fast::hash(secret) == u32::from_be_bytes(*checksum)
    })
}

/// Base32 (RFC 4648) in lower case without padding. No character breaks a URL, a shell, or
/// selection by a double click.
#[expect(clippy::expect_used, reason = "the specification is constant")]
pub(super) fn base32() -> &'static Encoding {
    static BASE32: std::sync::LazyLock<Encoding> = std::sync::LazyLock::new(|| {
        let mut specification = Specification::new();
        specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
        specification.encoding().expect("RFC 4648, table 3")
    });
    &BASE32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back() {
        let token = <Token>::new([7; SECRET]).0;
        assert_eq!(token.len(), 61);
        assert!(<Token>::parse(&token).is_ok_and(|parsed| parsed.0 == token));
    }

    #[test]
    fn a_look_alike_is_no_token() {
        let token = <Token>::new([7; SECRET]).0;
        let mut other = token.clone();
        let changed = if other.ends_with('a') { "e" } else { "a" };
        other.replace_range(10..11, if &other[10..11] == changed { "b" } else { changed });
        let cases = [
            (other, "one character changed"),
            (token.to_uppercase(), "upper case"),
            (token[3..].to_owned(), "no prefix"),
            (token[..60].to_owned(), "cut short"),
            (format!("{token}a"), "too long"),
            (OneTimeToken::new([7; SECRET]).0, "a token for something else"),
            (String::new(), "empty"),
        ];
        for (input, why) in cases {
            assert!(<Token>::parse(&input).is_err(), "{why}");
        }
    }
}
