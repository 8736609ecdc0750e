//! The languages that messages are written in: one file each.

use std::collections::BTreeMap;

use icu_locale::{Locale, LocaleFallbacker};
use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::WordingError;

/// The files, compiled in. A language is a file in this directory and nothing else.
static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/message/locales");

/// For those who said nothing, or a language that there is no file for.
const DEFAULT: &str = "en";

/// The texts of one language. That every file has all of them, and no others, is
/// for the parser to say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Language {
    pub(super) greeting: String,
    pub(super) greeting_without_name: String,
    pub(super) footer: String,
    pub(super) verify_email: Request,
    pub(super) reset_password: Request,
    pub(super) invitation: Request,
    pub(super) phone_code: Notice,
    pub(super) way_back: WayBack,
    pub(super) email_added: Notice,
    pub(super) email_removed: Notice,
    pub(super) default_email_changed: Notice,
    pub(super) password_changed: Notice,
    pub(super) phone_number_changed: Notice,
    pub(super) phone_number_removed: Notice,
    pub(super) account_deleted: Notice,
    pub(super) account_erased: Notice,
    pub(super) account_restored: Notice,
}

/// Asks for something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    pub(super) subject: String,
    /// Its paragraphs.
    pub(super) body: Vec<String>,
    /// What the link does.
    pub(super) action: String,
    /// For how long it does.
    pub(super) validity: String,
}

/// Says something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notice {
    pub(super) subject: String,
    pub(super) body: Vec<String>,
}

/// What follows a notice: the way back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WayBack {
    pub(super) body: Vec<String>,
    pub(super) action: String,
    pub(super) validity: String,
}

/// All languages, by tag.
pub(super) struct Languages(BTreeMap<&'static str, Language>);

impl Languages {
    /// Reads the files.
    pub(super) fn load() -> Result<Self, WordingError> {
        let mut languages = BTreeMap::new();
        for file in FILES.files() {
            let path = file.path();
            let broken = |why: String| WordingError::File(path.display().to_string(), why);
            let tag = path.file_stem().and_then(|tag| tag.to_str());
            let tag = tag.ok_or_else(|| broken("no language tag".to_owned()))?;
            let language = yaml_serde::from_slice(file.contents());
            languages.insert(tag, language.map_err(|error| broken(error.to_string()))?);
        }
        Ok(Self(languages))
    }

    /// The language for `locale`, and its tag: the first that there is on the way
    /// that CLDR says, like `de-AT`, `de`; or the default.
    pub(super) fn best_for(
        &self,
        locale: Option<&str>,
    ) -> Result<(&'static str, &Language), WordingError> {
        let wanted =
            locale.and_then(|tag| Locale::try_from_str(tag).ok()).unwrap_or(Locale::UNKNOWN);
        let mut chain =
            LocaleFallbacker::new().for_config(Default::default()).fallback_for((&wanted).into());
        while !chain.get().is_unknown() {
            if let Some((tag, language)) = self.get(&chain.get().to_string()) {
                return Ok((tag, language));
            }
            chain.step();
        }
        self.get(DEFAULT).ok_or(WordingError::NoDefault(DEFAULT))
    }

    /// The tags of all.
    #[cfg(test)]
    pub(super) fn tags(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }

    fn get(&self, tag: &str) -> Option<(&'static str, &Language)> {
        self.0.get_key_value(tag).map(|(tag, language)| (*tag, language))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use minijinja::Environment;
    use yaml_serde::Value;

    use super::*;

    /// Every text of a file: where it stands, without the number of its paragraph,
    /// and the variables that are used there.
    fn variables(file: &str) -> BTreeMap<String, BTreeSet<String>> {
        fn collect(at: &str, value: &Value, into: &mut BTreeMap<String, BTreeSet<String>>) {
            match value {
                Value::Mapping(texts) => {
                    for (key, text) in texts {
                        let key = key.as_str().unwrap();
                        collect(&format!("{at}/{key}"), text, into);
                    }
                }
                Value::Sequence(paragraphs) => {
                    assert!(!paragraphs.is_empty(), "{at} has no paragraph");
                    paragraphs.iter().for_each(|paragraph| collect(at, paragraph, into));
                }
                Value::String(text) => {
                    assert!(!text.trim().is_empty(), "{at} is empty");
                    let environment = Environment::new();
                    let template = environment.template_from_str(text).unwrap();
                    let names = template.undeclared_variables(true);
                    // Where a language names the service is a matter of its grammar.
                    let names = names.into_iter().filter(|name| name != "service");
                    into.entry(at.to_owned()).or_default().extend(names);
                }
                other => panic!("{at} is no text: {other:?}"),
            }
        }
        let text = FILES.get_file(file).unwrap().contents_utf8().unwrap();
        let mut all = BTreeMap::new();
        collect(file, &yaml_serde::from_str(text).unwrap(), &mut all);
        all.into_iter().map(|(at, names)| (at.replacen(file, "", 1), names)).collect()
    }

    #[test]
    fn every_language_says_the_same() {
        let model = variables("en.yaml");
        assert!(model["/email_added/body"].contains("email"));
        for file in FILES.files() {
            let file = file.path().to_str().unwrap();
            assert_eq!(variables(file), model, "{file} against en.yaml");
        }
    }

    #[test]
    fn every_file_in_the_directory_is_a_language() {
        let languages = Languages::load().unwrap();
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/message/locales");
        let mut there = BTreeSet::new();
        for entry in std::fs::read_dir(directory).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let tag = name.strip_suffix(".yaml").expect("a .yaml file").to_owned();
            assert_eq!(Locale::try_from_str(&tag).unwrap().to_string(), tag, "canonical");
            there.insert(tag);
        }
        assert!(languages.0.keys().copied().eq(there.iter().map(String::as_str)));
    }

    #[test]
    fn the_nearest_language_is_chosen() {
        let languages = Languages::load().unwrap();
        let cases = [
            (Some("de"), "de", "there is one"),
            (Some("de-AT"), "de", "another region"),
            (Some("fr-CA-u-nu-latn"), "fr", "region and extension"),
            (Some("de-Latn-CH-1996"), "de", "script and variant"),
            (Some("en-AU"), "en", "by way of en-001"),
            (Some("ja"), "en", "none such"),
            (Some("gsw"), "en", "a language of its own, though near German"),
            (Some("not a tag"), "en", "unreadable"),
            (Some(""), "en", "empty"),
            (None, "en", "nothing said"),
        ];
        for (locale, expected, why) in cases {
            assert_eq!(languages.best_for(locale).unwrap().0, expected, "{why}");
        }
    }
}
