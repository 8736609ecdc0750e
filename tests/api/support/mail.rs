//! A mail as a mail program shows it.

use mail_parser::{Message, MessageParser, MimeHeaders as _};

/// A received mail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mail {
    /// The sender in the envelope.
    pub(crate) from: String,
    /// The recipients in the envelope.
    pub(crate) to: Vec<String>,
    /// The header and the body.
    pub(crate) source: Vec<u8>,
    /// Whether the mail arrived over TLS.
    pub(crate) encrypted: bool,
}

impl Mail {
    pub(crate) fn header(&self, name: &str) -> String {
        let parsed = self.parsed();
        let raw =
            parsed.header_raw(name).unwrap_or_else(|| panic!("the mail has no header {name}"));
        raw.trim().to_owned()
    }

    pub(crate) fn subject(&self) -> String {
        self.parsed().subject().unwrap().to_owned()
    }

    /// The text part.
    pub(crate) fn text(&self) -> String {
        self.part("plain")
    }

    /// The HTML part.
    pub(crate) fn html(&self) -> String {
        self.part("html")
    }

    /// The token in the link.
    pub(crate) fn token(&self) -> String {
        let html = self.html();
        let linked = html.split_once("href=\"").and_then(|(_, rest)| rest.split_once('"'));
        let token = linked.and_then(|(link, _)| link.rsplit_once('=')).map(|(_, token)| token);
        token.unwrap_or_else(|| panic!("there is no token in {html}")).to_owned()
    }

    fn part(&self, subtype: &str) -> String {
        let parsed = self.parsed();
        let kind = parsed.content_type().and_then(|kind| kind.subtype());
        assert_eq!(kind, Some("alternative"), "the mail must offer text and HTML as alternatives");
        let mut parts = parsed.parts.iter();
        let part =
            parts.find(|part| part.content_type().and_then(|kind| kind.subtype()) == Some(subtype));
        part.and_then(|part| part.text_contents()).unwrap().to_owned()
    }

    fn parsed(&self) -> Message<'_> {
        MessageParser::default().parse(&self.source).expect("the message is no mail")
    }
}
