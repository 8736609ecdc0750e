//! The texts of the account page in one language.

use serde_json::{Map, Value};

use crate::api::pages::error::PageError;
use crate::language;

/// The name of the file with the texts.
const FILE: &str = "page.yaml";

/// The texts by their keys, like `profile.title`. A text is a string, or has one string for each
/// plural form of the language.
pub(super) struct Texts(pub(super) Map<String, Value>);

impl Texts {
    /// Reads the file of a language.
    pub(super) fn of(tag: &str) -> Result<Self, PageError> {
        let error = |reason: String| PageError::File(format!("{tag}/{FILE}"), reason);
        let file = language::file(tag, FILE).ok_or_else(|| error("it is missing".to_owned()))?;
        let sections: Map<String, Value> =
            yaml_serde::from_slice(file).map_err(|reason| error(reason.to_string()))?;
        let mut texts = Map::new();
        for (section, entries) in sections {
            let Value::Object(entries) = entries else {
                return Err(error(format!("`{section}` is no section")));
            };
            texts.extend(entries.into_iter().map(|(key, text)| (format!("{section}.{key}"), text)));
        }
        texts.insert("language".to_owned(), tag.into());
        Ok(Self(texts))
    }

    /// The texts without plural forms, for a template.
    pub(super) fn for_template(&self) -> minijinja::Value {
        let texts = self.0.iter().filter_map(|(key, text)| Some((key.as_str(), text.as_str()?)));
        minijinja::Value::from_pairs(texts)
    }

    /// The texts as the beginning of a script.
    pub(super) fn script(&self) -> String {
        let texts = Value::Object(self.0.clone());
        let language = self.0.get("language").cloned().unwrap_or_default();
        format!("const LANGUAGE = {language};\nconst TEXTS = {texts};\n")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::api::pages::account::FILES;

    /// The parts of a text in curly braces.
    fn placeholders(text: &str) -> BTreeSet<String> {
        let parts = text.split('{').skip(1).filter_map(|part| part.split_once('}'));
        parts.map(|(name, _)| name.to_owned()).collect()
    }

    /// The placeholders of each text of a language. Plural forms may leave out the count.
    fn shape(tag: &str) -> BTreeMap<String, BTreeSet<String>> {
        let texts = Texts::of(tag).unwrap().0;
        let shape = |(key, text): (String, Value)| {
            let names = match &text {
                Value::String(text) => {
                    assert!(!text.trim().is_empty(), "{tag}: {key} is empty");
                    placeholders(text)
                }
                Value::Object(forms) => {
                    assert!(forms.contains_key("other"), "{tag}: {key} needs the form `other`");
                    let all = forms.values().map(|form| placeholders(form.as_str().unwrap()));
                    all.flatten().filter(|name| name != "count").collect()
                }
                other => panic!("{tag}: {key} is not a text: {other}"),
            };
            (key, names)
        };
        texts.into_iter().map(shape).collect()
    }

    #[test]
    fn every_language_says_the_same() {
        let model = shape(language::DEFAULT);
        for tag in language::tags() {
            let shape = shape(tag);
            for (key, names) in &model {
                assert_eq!(shape.get(key), Some(names), "{tag}: {key}");
            }
            for key in shape.keys() {
                assert!(model.contains_key(key), "{tag}: {key} is not in {}", language::DEFAULT);
            }
        }
    }

    #[test]
    fn the_page_uses_every_text_and_no_other() {
        let sources: Vec<&str> = FILES.files().filter_map(|file| file.contents_utf8()).collect();
        let all = sources.join("\n");
        let texts = Texts::of(language::DEFAULT).unwrap().0;
        let is_used = |key: &str| {
            let section = key.split_once('.').map_or(key, |(section, _)| section);
            let prefixes = key.match_indices('_').map(|(end, _)| &key[..=end]);
            all.contains(&format!("\"{key}\""))
                || [section.to_owned() + "."]
                    .into_iter()
                    .chain(prefixes.map(str::to_owned))
                    .any(|prefix| all.contains(&format!("`{prefix}${{")))
        };
        let unused: Vec<&String> =
            texts.keys().filter(|key| *key != "language" && !is_used(key)).collect();
        assert_eq!(unused, Vec::<&String>::new(), "unused");
        for call in ["t(\"", "t[\""] {
            for (before, rest) in all.match_indices(call).map(|(at, _)| all.split_at(at)) {
                if before.ends_with(|c: char| c.is_alphanumeric() || c == '.') {
                    continue;
                }
                let key = rest[call.len()..].split('"').next().unwrap();
                assert!(texts.contains_key(key), "there is no text for {key}");
            }
        }
    }
}
