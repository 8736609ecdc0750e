//! Rendering a message in the language of its reader.

use minijinja::{Environment, UndefinedBehavior, Value, context};
use url::Url;

use super::language::Languages;
use super::texts::MessageTexts;
use super::{Letterhead, Message, Recipient};
use crate::value::accent_color::Shades;

const TEXT: &str = include_str!("layout/mail.txt");
const HTML: &str = include_str!("layout/mail.html");

/// The maximum number of characters of a name in a greeting.
const MAX_NAME_CHARS: usize = 64;

/// The shades of a colour, for the layout.
fn shades(shades: Shades) -> Value {
    let Shades { accent, on_accent, .. } = shades;
    context! { accent => accent.to_string(), on_accent => on_accent.to_string() }
}

/// A message in words.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedMessage {
    /// One line.
    pub subject: String,
    /// The whole message as text.
    pub text: String,
    /// The whole message as an HTML page.
    pub html: String,
    /// The language of the message: the tag of a folder in `src/locales`.
    pub language: String,
}

/// Why a message can't be rendered: a fault of this program.
#[derive(Debug, thiserror::Error)]
pub enum WordingError {
    /// A locale file is broken.
    #[error("the texts of {0} are broken: {1}")]
    File(String, String),
    /// There are no texts for the default language or for a message.
    #[error("there are no texts for {0}")]
    Missing(String),
    /// A message has a link, but no token for it.
    #[error("there is no token for {0}")]
    NoToken(String),
    /// A text or a layout is no template, or uses a variable that is not defined.
    #[error("a text is broken: {0}")]
    Template(#[from] minijinja::Error),
}

/// The places that messages link to.
#[derive(Clone, Debug)]
pub struct Links {
    /// The account page.
    pub account_page: Url,
    /// The beginning of the URL of a receipt. The ID follows.
    pub receipts: String,
}

/// Renders messages.
pub struct Wording {
    languages: Languages,
    environment: Environment<'static>,
    letterhead: Letterhead,
    links: Links,
}

impl Wording {
    /// Reads the locale files.
    ///
    /// # Errors
    /// When a locale file is broken.
    pub fn new(letterhead: impl Into<Letterhead>, links: Links) -> Result<Self, WordingError> {
        let mut environment = Environment::new();
        // An undefined variable is a mistake, not an empty text.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let languages = Languages::load()?;
        Ok(Self { languages, environment, letterhead: letterhead.into(), links })
    }

    /// Renders a message in the best language for its reader.
    ///
    /// # Errors
    /// When a template is broken, or `details` lack what it uses.
    pub fn render(&self, message: &Message) -> Result<RenderedMessage, WordingError> {
        let Message { template, details, .. } = message;
        let (language, texts) = self.languages.best_for(message.locale.as_deref())?;
        let message_texts = texts.message(*template);
        let MessageTexts { subject, body, link } =
            message_texts.ok_or_else(|| WordingError::Missing(template.name()))?;
        let name = message.name.as_deref().and_then(greetable);
        let receipt = details.receipt.map(|id| format!("{}{id}", self.links.receipts));
        let mut variables = details.variables.clone();
        variables.extend(receipt.map(|url| ("receipt", url)));
        let variables = Value::from_pairs(variables);
        let Letterhead { service, home, logo, accent } = &self.letterhead;
        let variables = context! { service, name, ..variables };
        let render = |text: &str| self.environment.render_str(text, &variables);
        let subject = one_line(&render(subject)?);
        let body: Vec<_> = body.iter().map(|text| render(text)).collect::<Result<_, _>>()?;
        let greeting = if name.is_some() { &texts.greeting } else { &texts.greeting_without_name };
        let url = link.as_ref().map(|link| self.link(link.purpose, message)).transpose()?;
        let refusal = link.as_ref().and_then(|link| link.refusal.as_ref());
        let refusal_url = refusal.map(|(purpose, _)| self.link(purpose, message)).transpose()?;
        let mail = context! {
            language, subject => &subject, body => &body, link => &url,
            greeting => render(greeting)?,
            action => link.as_ref().map(|link| render(&link.action)).transpose()?,
            validity => link.as_ref().map(|link| render(&link.validity)).transpose()?,
            refusal_link => refusal_url,
            refusal => refusal.map(|(_, label)| render(label)).transpose()?,
            footer => render(&texts.footer)?,
            service, light => shades(accent.on_light()), dark => shades(accent.on_dark()),
            logo, home => home.as_ref().map(Url::as_str),
        };
        // minijinja escapes by the extension of the name. The texts above are not escaped
        // yet: that happens once, where they enter the page.
        let html = self.environment.render_named_str("mail.html", HTML, &mail)?;
        let text = match message.to {
            Recipient::Email(_) => self.environment.render_named_str("mail.txt", TEXT, &mail)?,
            // Every character of an SMS costs money.
            Recipient::Phone(_) => {
                body.iter().map(String::as_str).chain(url.as_deref()).collect::<Vec<_>>().join(" ")
            }
        };
        Ok(RenderedMessage { subject, text, html, language: language.to_owned() })
    }

    /// The URL of a link. The token stands in the fragment: browsers do not send that, so
    /// it gets into no server's log.
    fn link(&self, purpose: &str, message: &Message) -> Result<String, WordingError> {
        let token = message.details.token.as_deref();
        let token = token.ok_or_else(|| WordingError::NoToken(message.template.name()))?;
        let mut url = self.links.account_page.clone();
        url.set_fragment(Some(&format!("{purpose}={token}")));
        Ok(url.into())
    }
}

/// The name, if it may stand in a greeting. Mail programs turn text that looks like a link
/// into one. So a name with a `/`, `:` or `@`, or with a dot inside a word, is left out:
/// few users lose their greeting, and nobody can write a link into our mail.
fn greetable(name: &str) -> Option<&str> {
    let is_dot = |c| matches!(c, '.' | '\u{3002}' | '\u{FF0E}' | '\u{FF61}');
    let harmless = !name.trim().is_empty()
        && name.chars().count() <= MAX_NAME_CHARS
        && !name.contains(['/', ':', '@'])
        && !name.chars().any(char::is_control)
        && name.split_whitespace().all(|word| !word.trim_end_matches(is_dot).contains(is_dot));
    harmless.then_some(name)
}

/// The text without line breaks: one header must not become two.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
#[path = "wording_tests.rs"]
mod tests;
