//! The id that a device shows as a cookie.

use data_encoding::BASE32_NOPAD;

/// The number of random bytes of an id.
const BYTES: usize = 16;

/// The random id of a browser or an app in which an account was opened. It is a secret of the
/// device, but gives no access to any account.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceId([u8; BYTES]);

impl DeviceId {
    /// A new id.
    #[must_use]
    pub fn new(random: [u8; BYTES]) -> Self {
        Self(random)
    }

    /// Reads an id. Returns `None` if the text is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The bytes of the id.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The id as text, to be read with [`DeviceId::parse`].
    #[must_use]
    pub fn encode(&self) -> String {
        BASE32_NOPAD.encode(&self.0).to_ascii_lowercase()
    }
}

impl std::fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceId(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        let id = DeviceId::new([0xa5; 16]);
        assert_eq!(DeviceId::parse(&id.encode()), Some(id.clone()));
        for (text, why) in [("", "empty"), ("abc", "short"), ("=", "no base32"), ("é", "no ASCII")]
        {
            assert_eq!(DeviceId::parse(text), None, "{why}");
        }
        assert!(!format!("{id:?}").contains(&id.encode()));
    }
}
