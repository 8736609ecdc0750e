//! The texts of one language, read from its locale file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::template::{Link, Template};

/// The name that the account page has for recovering an account.
const RECOVER: &str = "recover";

/// The texts of one language.
pub(super) struct Texts {
    pub(super) greeting: String,
    pub(super) greeting_without_name: String,
    pub(super) footer: String,
    /// The texts of each message, by the name of its template.
    messages: BTreeMap<String, MessageTexts>,
}

/// The texts of one message.
pub(super) struct MessageTexts {
    pub(super) subject: String,
    /// The paragraphs.
    pub(super) body: Vec<String>,
    pub(super) link: Option<LinkTexts>,
}

/// The texts of a link.
pub(super) struct LinkTexts {
    /// The use that the account page makes of the token.
    pub(super) purpose: &'static str,
    /// The label of the link.
    pub(super) action: String,
    /// How long the link works.
    pub(super) validity: String,
    /// The use of the token in a second link, and its label.
    pub(super) refusal: Option<(&'static str, String)>,
}

impl Texts {
    /// Reads a locale file. It has the texts of every message, and no others.
    pub(super) fn parse(file: &[u8]) -> Result<Self, String> {
        let file: LocaleFile = yaml_serde::from_slice(file).map_err(|error| error.to_string())?;
        let LocaleFile { greeting, greeting_without_name, footer, recovery, messages: mut raw } =
            file;
        let mut messages = BTreeMap::new();
        for template in Template::all() {
            let name = template.name();
            let texts = raw.remove(&name).ok_or_else(|| format!("`{name}` is missing"))?;
            let texts = texts.with_link(template, &recovery);
            messages.insert(name.clone(), texts.map_err(|error| format!("`{name}` {error}"))?);
        }
        match raw.into_keys().next() {
            Some(name) => Err(format!("`{name}` is no message")),
            None => Ok(Self { greeting, greeting_without_name, footer, messages }),
        }
    }

    pub(super) fn message(&self, template: Template) -> Option<&MessageTexts> {
        self.messages.get(&template.name())
    }
}

/// A locale file.
#[derive(Deserialize)]
struct LocaleFile {
    greeting: String,
    greeting_without_name: String,
    footer: String,
    recovery: Recovery,
    #[serde(flatten)]
    messages: BTreeMap<String, RawTexts>,
}

/// The end of every notice: how to recover the account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recovery {
    body: Vec<String>,
    action: String,
    validity: String,
}

/// The texts of one message in a locale file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTexts {
    subject: String,
    body: Vec<String>,
    action: Option<String>,
    validity: Option<String>,
    refusal: Option<String>,
}

impl RawTexts {
    fn with_link(
        self,
        template: Template,
        recovery: &Recovery,
    ) -> Result<MessageTexts, &'static str> {
        let Self { subject, mut body, action, validity, refusal } = self;
        let refusal = match (template.refusal(), refusal) {
            (Some(purpose), Some(label)) => Some((purpose, label)),
            (None, None) => None,
            (Some(_), None) => return Err("lacks `refusal`"),
            (None, Some(_)) => return Err("has `refusal`, which it can't use"),
        };
        let link = match (template.link(), action, validity) {
            (Link::Request(purpose), Some(action), Some(validity)) => {
                Some(LinkTexts { purpose, action, validity, refusal })
            }
            (Link::Request(_), _, _) => return Err("lacks `action` or `validity`"),
            (Link::Recovery, None, None) => {
                let Recovery { body: end, action, validity } = recovery;
                body.extend_from_slice(end);
                let (action, validity) = (action.clone(), validity.clone());
                Some(LinkTexts { purpose: RECOVER, action, validity, refusal })
            }
            (Link::None, None, None) => None,
            (Link::Recovery | Link::None, _, _) => {
                return Err("has `action` or `validity`, which only requests have");
            }
        };
        Ok(MessageTexts { subject, body, link })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_file_has_the_texts_of_every_message_and_no_others() {
        let file = include_str!("../locales/en/mails.yaml");
        assert_eq!(Texts::parse(file.as_bytes()).err(), None);
        let cases = [
            ("\nemail_added:", "\nemail_lost:", "`email_added` is missing"),
            ("\nemail_added:", "\nhello: {subject: a, body: [b]}\nemail_added:", "`hello` is no"),
            ("  action: \"Accept the invitation\"\n", "", "`invitation` lacks `action`"),
            (
                "  refusal: \"This wasn't me: remove my address\"\n",
                "",
                "`verify_email` lacks `refusal`",
            ),
            ("\nphone_code:\n", "\nphone_code:\n  action: b\n", "`phone_code` has `action`"),
            ("\nemail_added:\n", "\nemail_added:\n  validity: b\n", "`email_added` has `action`"),
            ("\nemail_added:\n", "\nemail_added:\n  title: b\n", "unknown field `title`"),
            ("\nfooter:", "\nbottom:", "missing field `footer`"),
        ];
        for (text, replacement, expected) in cases {
            assert!(file.contains(text), "{text:?}");
            let error = Texts::parse(file.replacen(text, replacement, 1).as_bytes()).err().unwrap();
            assert!(error.contains(expected), "{replacement:?}: {error}");
        }
    }
}
