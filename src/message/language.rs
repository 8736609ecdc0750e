//! The languages that messages are written in: one locale file each.

use std::collections::BTreeMap;

use icu_locale::{Locale, LocaleFallbacker};
use include_dir::{Dir, include_dir};

use super::WordingError;
use super::texts::Texts;

/// The locale files, compiled in. To add a language, add a file to this directory.
static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/message/locales");

/// The language for a user without a locale, or with one that has no file.
const DEFAULT: &str = "en";

/// All languages, by tag.
pub(super) struct Languages(BTreeMap<&'static str, Texts>);

impl Languages {
    /// Reads the locale files.
    pub(super) fn load() -> Result<Self, WordingError> {
        let mut languages = BTreeMap::new();
        for file in FILES.files() {
            let path = file.path();
            let broken = |reason| WordingError::File(path.display().to_string(), reason);
            let tag = path.file_stem().and_then(|tag| tag.to_str());
            let tag = tag.ok_or_else(|| broken("the name has no language tag".to_owned()))?;
            languages.insert(tag, Texts::parse(file.contents()).map_err(broken)?);
        }
        Ok(Self(languages))
    }

    /// The tag and the texts of the best language for `locale`: the first one with a file
    /// in CLDR's fallback chain, like `de-AT`, `de`; otherwise the default.
    pub(super) fn best_for(
        &self,
        locale: Option<&str>,
    ) -> Result<(&'static str, &Texts), WordingError> {
        let wanted =
            locale.and_then(|tag| Locale::try_from_str(tag).ok()).unwrap_or(Locale::UNKNOWN);
        let mut chain =
            LocaleFallbacker::new().for_config(Default::default()).fallback_for((&wanted).into());
        while !chain.get().is_unknown() {
            if let Some(found) = self.get(&chain.get().to_string()) {
                return Ok(found);
            }
            chain.step();
        }
        self.get(DEFAULT).ok_or_else(|| WordingError::Missing(DEFAULT.to_owned()))
    }

    /// The tags of all languages.
    #[cfg(test)]
    pub(super) fn tags(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }

    fn get(&self, tag: &str) -> Option<(&'static str, &Texts)> {
        self.0.get_key_value(tag).map(|(tag, texts)| (*tag, texts))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use minijinja::Environment;
    use yaml_serde::Value;

    use super::*;

    /// For every text of a file, its path, without the number of the paragraph, and the
    /// variables that it uses.
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
                    // The grammar of a language decides where it names the service.
                    let names = names.into_iter().filter(|name| name != "service");
                    into.entry(at.to_owned()).or_default().extend(names);
                }
                other => panic!("{at} is not a text: {other:?}"),
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
            assert_eq!(variables(file), model, "{file} uses other texts or variables than en.yaml");
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
