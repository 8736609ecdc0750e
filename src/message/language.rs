//! The languages that messages are written in.

use std::collections::BTreeMap;

use super::WordingError;
use super::texts::Texts;
use crate::language;

/// The name of the file with the texts of messages.
const FILE: &str = "mails.yaml";

/// All languages, by tag.
pub(super) struct Languages(BTreeMap<&'static str, Texts>);

impl Languages {
    /// Reads the locale files.
    pub(super) fn load() -> Result<Self, WordingError> {
        let texts = |tag| {
            let missing = || WordingError::Missing(format!("{tag}/{FILE}"));
            let broken = |reason| WordingError::File(format!("{tag}/{FILE}"), reason);
            let file = language::file(tag, FILE).ok_or_else(missing)?;
            Ok((tag, Texts::parse(file).map_err(broken)?))
        };
        language::tags().map(texts).collect::<Result<_, _>>().map(Self)
    }

    /// The tag and the texts of the best language for `locale`.
    pub(super) fn best_for(
        &self,
        locale: Option<&str>,
    ) -> Result<(&'static str, &Texts), WordingError> {
        let tag = language::best_for(locale);
        let texts = self.0.get(tag).ok_or_else(|| WordingError::Missing(tag.to_owned()))?;
        Ok((tag, texts))
    }

    /// The tags of all languages.
    #[cfg(test)]
    pub(super) fn tags(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use minijinja::Environment;
    use yaml_serde::Value;

    use super::*;

    /// For every text of a language, its path, without the number of the paragraph, and the
    /// variables that it uses.
    fn variables(tag: &str) -> BTreeMap<String, BTreeSet<String>> {
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
        let file = language::file(tag, FILE).unwrap();
        let mut all = BTreeMap::new();
        collect("", &yaml_serde::from_slice(file).unwrap(), &mut all);
        all
    }

    #[test]
    fn every_language_says_the_same() {
        let model = variables(language::DEFAULT);
        assert!(model["/email_added/body"].contains("email"));
        for tag in language::tags() {
            assert_eq!(variables(tag), model, "{tag} uses other texts or variables");
        }
    }
}
