//! The secret of the SMS gateway, and the signatures that it makes.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

use super::SendError;

/// The minimum number of bytes of a secret, as Standard Webhooks demands: fewer can be
/// guessed.
const MIN_BYTES: usize = 24;

/// The secret that the gateway shares with this service. It signs the requests.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Reads a secret: `whsec_` and base64, as Standard Webhooks writes it, or any other
    /// text.
    ///
    /// # Errors
    /// When the secret is too short, or is not base64 after `whsec_`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = match text.strip_prefix("whsec_") {
            None => text.as_bytes().to_owned(),
            Some(base64) => BASE64
                .decode(base64.as_bytes())
                .map_err(|_| "must be base64 after `whsec_`".to_owned())?,
        };
        if bytes.len() < MIN_BYTES {
            return Err(format!(
                "must have at least {MIN_BYTES} bytes; \
                 `echo whsec_$(openssl rand -base64 32)` makes one"
            ));
        }
        Ok(Self(bytes))
    }

    /// Signs a request as Standard Webhooks specifies.
    pub(super) fn sign(&self, id: Uuid, timestamp: i64, body: &[u8]) -> Result<String, SendError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)
            .map_err(|_| SendError::transient("the secret of the SMS gateway is not a key"))?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Ok(format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        // The key and the body are those of its specification. openssl made the signature.
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign(Uuid::nil(), 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature.unwrap(), "v1,Y5/uRWupLQOPxe4D5mBYrd9dRGhY+xtWrnxDwy59WDE=");
    }

    #[test]
    fn a_secret_is_long_enough() {
        assert!(Secret::parse(&"a".repeat(24)).is_ok());
        let cases = [
            ("short".to_owned(), "at least 24 bytes", "raw"),
            ("whsec_c2hvcnQ=".to_owned(), "at least 24 bytes", "encoded"),
            (format!("whsec_{}", "!".repeat(40)), "base64", "no base64"),
        ];
        for (secret, expected, why) in cases {
            let error = Secret::parse(&secret).err().unwrap();
            assert!(error.contains(expected) && !error.contains(&secret), "{why}: {error}");
        }
    }
}
