//! Email addresses.

use email_address::{EmailAddress, Options};
use poem_openapi::registry::MetaSchema;
use sea_orm::DeriveValueType;

use super::text_value::{TextValue, ValueError, nfc, openapi_text};

/// The maximum number of bytes of an address: RFC 5321, 4.5.3.1.3 allows a path of 256 with
/// its two angle brackets.
const MAX_BYTES: usize = 254;

/// An email address (RFC 5321, RFC 6531), kept as typed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct Email(String);

impl Email {
    /// The form in which addresses are compared: the domain as ASCII (UTS #46), the local
    /// part composed and in lower case. People type both `Ada@` and `ada@`, and no mail
    /// provider in use distinguishes them.
    #[must_use]
    pub fn normalized(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let domain = idna::domain_to_ascii_strict(domain).unwrap_or_else(|_| domain.to_owned());
        format!("{}@{domain}", nfc(local).to_lowercase())
    }

    /// The mailbox that mail to the address most likely arrives in: the normalized address
    /// without its tag. Many providers deliver `ada+tag@example.com` to `ada@example.com`
    /// (RFC 5233).
    #[must_use]
    pub fn mailbox(&self) -> String {
        let normalized = self.normalized();
        let (local, domain) = normalized.rsplit_once('@').unwrap_or((&normalized, ""));
        let untagged = local.split('+').next().filter(|local| !local.is_empty());
        format!("{}@{domain}", untagged.unwrap_or(local))
    }
}

impl TextValue for Email {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(3),
            max_length: Some(MAX_BYTES),
            pattern: Some(r"^[^\s@]+@[^\s@]+$".to_owned()),
            example: Some("ada@example.com".into()),
            ..MetaSchema::new_with_format("string", "email")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        let invalid =
            || ValueError::new("invalid_email", "must be an email address, like `ada@example.com`");
        if text.len() > MAX_BYTES {
            return Err(ValueError::too_long(MAX_BYTES, "bytes"));
        }
        let options = Options::default().without_display_text().without_domain_literal();
        let address = EmailAddress::parse_with_options(text, options).map_err(|_| invalid())?;
        // Quoted local parts are legal but not in use, and a classic way to smuggle a
        // second address past a check.
        if address.local_part().contains(['"', '@', ' ']) {
            return Err(invalid());
        }
        idna::domain_to_ascii_strict(address.domain()).map_err(|_| invalid())?;
        let local = nfc(address.local_part()).to_lowercase();
        // A letter that only looks like an ASCII letter, such as the Kelvin sign, may
        // become one in lower case. It belongs to another mailbox, so it must not pass for
        // the ASCII letter.
        if local.is_ascii() && !address.local_part().is_ascii() {
            return Err(invalid());
        }
        Ok(Self(text.to_owned()))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(Email);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_as_typed_and_compared_normalized() {
        let cases = [
            ("ada@example.com", "ada@example.com", "plain"),
            ("Ada@Example.COM", "ada@example.com", "case"),
            ("ada+me@example.com", "ada+me@example.com", "a tag is part of the address"),
            ("ada@Bücher.example", "ada@xn--bcher-kva.example", "internationalised domain"),
            ("o'neil@example.com", "o'neil@example.com", "apostrophe"),
        ];
        for (input, normalized, why) in cases {
            let email = Email::parse(input).unwrap();
            assert_eq!((email.as_str(), &*email.normalized()), (input, normalized), "{why}");
        }
    }

    #[test]
    fn addresses_with_tags_share_a_mailbox() {
        let cases = [
            ("Ada@Example.com", "ada@example.com", "no tag"),
            ("ada+shop@example.com", "ada@example.com", "a tag"),
            ("ada+a+b@example.com", "ada@example.com", "two tags"),
            ("+ada@example.com", "+ada@example.com", "nothing before the tag"),
        ];
        for (input, mailbox, why) in cases {
            assert_eq!(Email::parse(input).unwrap().mailbox(), mailbox, "{why}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let cases = [
            ("", "empty"),
            ("ada", "no domain"),
            ("@example.com", "no local part"),
            ("ada@", "no domain after the sign"),
            ("ada@@example.com", "two signs"),
            ("a da@example.com", "space"),
            (" ada@example.com", "leading space"),
            ("Ada <ada@example.com>", "display name"),
            ("\"a@b\"@example.com", "quoted local part"),
            ("ada@[127.0.0.1]", "domain literal"),
            ("ada@-example.com", "label that starts with a hyphen"),
            ("ada@example..com", "empty label"),
            ("ada@example.com\u{0}", "NUL"),
            ("\u{212A}im@example.com", "the Kelvin sign, which is no K"),
            ("ada@example.com\nbcc: x@example.com", "header injection"),
        ];
        for (input, why) in cases {
            assert_eq!(Email::parse(input).unwrap_err().code, "invalid_email", "{why}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        assert_eq!(Email::parse(&long).unwrap_err().code, "too_long");
    }
}
