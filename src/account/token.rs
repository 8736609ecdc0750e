//! Session tokens.

use data_encoding::{Encoding, Specification};
use poem_openapi::registry::MetaSchema;
use sha2::{Digest, Sha256};

use super::value::{TextValue, ValueError, openapi_text};
use crate::random::Random;

/// What every token starts with, so that people and secret scanners know it.
const PREFIX: &str = "cu_";
/// Bytes of randomness: 256 bits.
const SECRET: usize = 32;
/// Bytes of the CRC-32 at the end. It tells a token from a look-alike without
/// asking the database; it protects nothing.
const CHECKSUM: usize = 4;
/// Characters of a token: the prefix and five bits a character.
const LENGTH: usize = PREFIX.len() + ((SECRET + CHECKSUM) * 8).div_ceil(5);

/// An opaque session token: `cu_` and 58 characters of lower-case base32, the
/// last of which are a checksum over the random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// SHA-256 of a token: the only form in which it is stored.
pub type TokenHash = [u8; 32];

impl Token {
    /// A new token.
    pub fn new(random: &dyn Random) -> Self {
        let secret: [u8; SECRET] = random.bytes();
        let checksum = crc32fast::hash(&secret).to_be_bytes();
        let text = base32().encode(&[&secret[..], &checksum[..]].concat());
        Self(format!("{PREFIX}{text}"))
    }

    /// A token for examples: it opens nothing.
    #[must_use]
    pub fn example() -> Self {
        Self(format!("{PREFIX}{}", "a".repeat(LENGTH - PREFIX.len())))
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl TextValue for Token {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(LENGTH),
            max_length: Some(LENGTH),
            pattern: Some("^cu_[a-z2-7]{58}$".to_owned()),
            example: Some(Self::example().0.into()),
            ..MetaSchema::new("string")
        }
    }

    /// Well-formed with a right checksum; whether it opens anything is for the
    /// store to say.
    fn parse(text: &str) -> Result<Self, ValueError> {
        text.strip_prefix(PREFIX)
            .and_then(|text| base32().decode(text.as_bytes()).ok())
            .filter(|bytes| is_genuine(bytes))
            .map(|_| Self(text.to_owned()))
            .ok_or_else(|| {
                ValueError::new("invalid_token", "must be a token that logging in returned")
            })
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(Token);

fn is_genuine(bytes: &[u8]) -> bool {
    bytes.split_last_chunk::<CHECKSUM>().is_some_and(|(secret, checksum)| {
        secret.len() == SECRET && crc32fast::hash(secret) == u32::from_be_bytes(*checksum)
    })
}

/// Base32 (RFC 4648) in lower case without padding: no character that breaks a
/// double click, a URL or a shell.
#[expect(clippy::expect_used, reason = "the specification is constant")]
fn base32() -> &'static Encoding {
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
    use crate::random::SystemRandom;

    #[test]
    fn a_token_reads_back() {
        let token = Token::new(&SystemRandom).0;
        assert_eq!(token.len(), 61);
        assert!(Token::parse(&token).is_ok_and(|parsed| parsed.0 == token));
    }

    #[test]
    fn a_look_alike_is_no_token() {
        let token = Token::new(&SystemRandom).0;
        let mut other = token.clone();
        let changed = if other.ends_with('a') { "e" } else { "a" };
        other.replace_range(10..11, if &other[10..11] == changed { "b" } else { changed });
        let cases = [
            (other, "one character changed"),
            (token.to_uppercase(), "upper case"),
            (token[3..].to_owned(), "no prefix"),
            (token[..60].to_owned(), "cut short"),
            (format!("{token}a"), "too long"),
            (String::new(), "empty"),
        ];
        for (input, why) in cases {
            assert!(Token::parse(&input).is_err(), "{why}");
        }
    }
}
