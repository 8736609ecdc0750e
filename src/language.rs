//! The languages of mails and pages. Each has a folder in `src/locales`. To add a language, add a
//! folder with the same files.

use icu_locale::{Locale, LocaleFallbacker};
use include_dir::{Dir, include_dir};

/// The folders, compiled in.
static FOLDERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/locales");

/// The language for a reader without a locale, or with one that has no folder.
pub(crate) const DEFAULT: &str = "en";

/// The tags of all languages.
pub(crate) fn tags() -> impl Iterator<Item = &'static str> {
    FOLDERS.dirs().filter_map(|folder| folder.path().to_str())
}

/// The file of a language with this name.
pub(crate) fn file(tag: &str, name: &str) -> Option<&'static [u8]> {
    FOLDERS.get_file(format!("{tag}/{name}")).map(include_dir::File::contents)
}

/// The best language for a locale.
pub(crate) fn best_for(locale: Option<&str>) -> &'static str {
    locale.and_then(nearest).unwrap_or(DEFAULT)
}

/// The best language for a browser, by its `Accept-Language` (RFC 9110, 12.5.4).
pub(crate) fn accepted(accept_language: &str) -> &'static str {
    let mut ranges: Vec<(f32, &str)> = accept_language
        .split(',')
        .filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight = weight.trim().strip_prefix("q=")?.trim().parse().ok()?;
            Some((weight, tag.trim()))
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    // Stable: of two with the same weight, the first one counts.
    ranges.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    ranges.into_iter().find_map(|(_, tag)| nearest(tag)).unwrap_or(DEFAULT)
}

/// The first language with a folder in CLDR's fallback chain of a locale, like `de-AT`, `de`.
fn nearest(locale: &str) -> Option<&'static str> {
    let wanted = Locale::try_from_str(locale).ok()?;
    let mut chain =
        LocaleFallbacker::new().for_config(Default::default()).fallback_for((&wanted).into());
    while !chain.get().is_unknown() {
        let tag = chain.get().to_string();
        if let Some(found) = tags().find(|one| *one == tag) {
            return Some(found);
        }
        chain.step();
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_folder_is_a_language_with_the_same_files() {
        let names = |tag: &str| -> BTreeSet<String> {
            let folder = FOLDERS.get_dir(tag).unwrap();
            folder
                .files()
                .map(|file| file.path().file_name().unwrap().to_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(tags().count(), FOLDERS.entries().len(), "only folders");
        for tag in tags() {
            assert_eq!(Locale::try_from_str(tag).unwrap().to_string(), tag, "canonical");
            assert_eq!(names(tag), names(DEFAULT), "{tag}");
        }
    }

    #[test]
    fn the_nearest_language_is_chosen() {
        let cases = [
            (Some("de"), "de", "there is one"),
            (Some("de-AT"), "de", "another region"),
            (Some("fr-CA-u-nu-latn"), "fr", "region and extension"),
            (Some("de-Latn-CH-1996"), "de", "script and variant"),
            (Some("en-AU"), "en", "by way of en-001"),
            (Some("ja"), "en", "none such"),
            (Some("gsw"), "en", "a language of its own, though near German"),
            (Some("en-US-posix"), "en", "a variant"),
            (Some("und"), "en", "no language"),
            (Some("und-DE"), "en", "a region is no language"),
            (Some("x-klingon"), "en", "private use"),
            (Some("i-default"), "en", "grandfathered"),
            (Some("not a tag"), "en", "unreadable"),
            (Some(""), "en", "empty"),
            (None, "en", "nothing said"),
        ];
        for (locale, expected, why) in cases {
            assert_eq!(best_for(locale), expected, "{why}");
        }
    }

    #[test]
    fn a_browser_gets_the_language_that_it_prefers() {
        let cases = [
            ("de", "de", "one"),
            ("de-CH, fr;q=0.8", "de", "the first"),
            ("ja, fr;q=0.8, en;q=0.5", "fr", "the first that there is"),
            ("en;q=0.5, fr;q=0.9", "fr", "by weight"),
            ("de;q=0, fr;q=0.1", "fr", "not acceptable"),
            ("*", "en", "any"),
            ("ja", "en", "none such"),
            ("de;q=high, ;;,", "en", "unreadable"),
            ("", "en", "empty"),
        ];
        for (header, expected, why) in cases {
            assert_eq!(accepted(header), expected, "{why}");
        }
    }
}
