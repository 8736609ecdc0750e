//! A message becomes words.

use minijinja::{Environment, UndefinedBehavior, context};
use url::Url;

use super::language::Languages;
use super::parts::{Parts, Way};
use super::{Message, Recipient};

const TEXT: &str = include_str!("layout/mail.txt");
const HTML: &str = include_str!("layout/mail.html");

/// Longest name that somebody is greeted by. Who types another person's address can
/// type any name: there is no room for a text in it.
const LONGEST_NAME: usize = 64;

/// A message, worded for its reader.
#[derive(Clone, PartialEq, Eq)]
pub struct Worded {
    /// One line.
    pub subject: String,
    /// The whole message as text.
    pub text: String,
    /// The whole message as an HTML page.
    pub html: String,
    /// The language that it is in: the tag of a file in `locales/`.
    pub language: String,
}

/// Why a message has no words: a fault of this program.
#[derive(Debug, thiserror::Error)]
pub enum WordingError {
    /// A file of texts is not as it has to be.
    #[error("the texts of {0} are broken: {1}")]
    File(String, String),
    /// The language for everybody else is missing.
    #[error("there are no texts in the default language {0}")]
    NoDefault(&'static str),
    /// A text or a layout is no template, or uses what it does not get.
    #[error("a text is broken: {0}")]
    Template(#[from] minijinja::Error),
}

/// What wording takes beside the message.
pub struct Wording {
    languages: Languages,
    environment: Environment<'static>,
    service: String,
    account_url: Url,
}

impl Wording {
    /// Reads the texts. They call this service `service`. Links lead to
    /// `account_url`.
    ///
    /// # Errors
    /// When a file of texts is broken.
    pub fn new(service: &str, account_url: Url) -> Result<Self, WordingError> {
        let mut environment = Environment::new();
        // What a text uses and does not get is a mistake, not an empty place.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let languages = Languages::load()?;
        Ok(Self { languages, environment, service: service.to_owned(), account_url })
    }

    pub(super) fn word(&self, message: &Message) -> Result<Worded, WordingError> {
        let (language, texts) = self.languages.best_for(message.locale.as_deref())?;
        let parts = Parts::of(&message.content, texts);
        let name = greetable(&message.name);
        let variables = context! { service => &self.service, name => name, ..parts.variables };
        let render = |text: &str| self.environment.render_str(text, &variables);
        let subject = one_line(&render(parts.subject)?);
        let body: Vec<_> = parts.body.iter().map(|text| render(text)).collect::<Result<_, _>>()?;
        let greeting = if name.is_some() { &texts.greeting } else { &texts.greeting_without_name };
        let link = parts.way.as_ref().map(|way| self.link(way));
        let mail = context! {
            language, subject => &subject, body => &body, link => &link,
            greeting => render(greeting)?,
            action => parts.way.as_ref().map(|way| render(way.action)).transpose()?,
            validity => parts.way.as_ref().map(|way| render(way.validity)).transpose()?,
            footer => render(&texts.footer)?,
        };
        // The name decides about escaping: the texts above were rendered as they are,
        // and are escaped once, where they enter the page.
        let html = self.environment.render_named_str("mail.html", HTML, &mail)?;
        let text = match message.to {
            Recipient::Email(_) => self.environment.render_named_str("mail.txt", TEXT, &mail)?,
            // Every character of an SMS costs.
            Recipient::Phone(_) => {
                body.iter().map(String::as_str).chain(link.as_deref()).collect::<Vec<_>>().join(" ")
            }
        };
        Ok(Worded { subject, text, html, language: language.to_owned() })
    }

    /// The token stands in the fragment: browsers keep that to themselves, so it gets
    /// into no server's log.
    fn link(&self, way: &Way<'_>) -> String {
        let mut url = self.account_url.clone();
        url.set_fragment(Some(&format!("{}={}", way.purpose, way.token)));
        url.into()
    }
}

/// The name, if it is fit to greet by. Mail programs make links of what looks like
/// one, so a name with a `/`, `:` or `@`, or a dot inside a word, is left out; that
/// costs few people their greeting, and lets nobody else write a link into our mail.
fn greetable(name: &str) -> Option<&str> {
    let is_dot = |c| matches!(c, '.' | '\u{3002}' | '\u{FF0E}' | '\u{FF61}');
    let harmless = !name.trim().is_empty()
        && name.chars().count() <= LONGEST_NAME
        && !name.contains(['/', ':', '@'])
        && !name.chars().any(char::is_control)
        && name.split_whitespace().all(|word| !word.trim_end_matches(is_dot).contains(is_dot));
    harmless.then_some(name)
}

/// Without line breaks: a header must not become two.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
#[path = "wording_tests.rs"]
mod tests;
