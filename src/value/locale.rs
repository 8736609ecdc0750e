//! The language and region that a user reads in.

use icu_locale::{Locale as IcuLocale, LocaleCanonicalizer};
use language_tags::LanguageTag;
use poem_openapi::registry::MetaSchema;
use sea_orm::DeriveValueType;

use super::text_value::{TextValue, ValueError, openapi_text};

/// The maximum number of characters of a tag. RFC 5646, 4.4.1 asks to allow at least 35;
/// Unicode extensions need more.
const MAX_CHARS: usize = 64;

/// A canonical BCP 47 language tag.
///
/// Its subtags exist in the IANA registry (language-tags). Its form is the canonical one of
/// UTS #35 (ICU4X with CLDR data): `EN-gb` becomes `en-GB`, `iw` becomes `he`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct Locale(String);

impl TextValue for Locale {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(2),
            max_length: Some(MAX_CHARS),
            pattern: Some("^([A-Za-z]{2,8}|[Ii])(-[A-Za-z0-9]{1,8})*$".to_owned()),
            example: Some("en-GB".into()),
            ..MetaSchema::new_with_format("string", "locale-bcp47")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        let invalid = || {
            ValueError::new(
                "invalid_locale",
                "must be a BCP 47 language tag of registered subtags, like `en-GB`",
            )
        };
        if text.len() > MAX_CHARS {
            return Err(ValueError::too_long(MAX_CHARS, "characters"));
        }
        let tag = LanguageTag::parse(text).map_err(|_| invalid())?;
        tag.validate().map_err(|_| invalid())?;
        // Grandfathered tags and extlangs are valid in BCP 47 but are not Unicode locale
        // identifiers. Their registered replacements are.
        let tag = tag.canonicalize().map_err(|_| invalid())?;
        let mut locale = IcuLocale::try_from_str(tag.as_str()).map_err(|_| invalid())?;
        if locale.id.language.is_unknown() {
            return Err(invalid());
        }
        LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
        let canonical = locale.to_string();
        // The canonical form may be longer: `sh` becomes `sr-Latn`.
        if canonical.len() > MAX_CHARS {
            Err(ValueError::too_long(MAX_CHARS, "characters"))
        } else {
            Ok(Self(canonical))
        }
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(Locale);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_canonical() {
        let cases = [
            ("en", "en", "a language is enough"),
            ("EN-gb", "en-GB", "case"),
            ("iw", "he", "deprecated language"),
            ("zh-hans-cn", "zh-Hans-CN", "script and region"),
            ("zh-yue", "yue", "extlang"),
            ("i-klingon", "tlh", "grandfathered"),
            ("de-DD", "de-DE", "a region that became another"),
            ("es-419", "es-419", "UN M.49 region"),
            ("sh", "sr-Latn", "a macrolanguage that is not one any more"),
            ("sl-rozaj-biske", "sl-biske-rozaj", "variants in order"),
            ("ar-u-nu-latn-ca-islamic", "ar-u-ca-islamic-nu-latn", "keywords in order"),
        ];
        for (input, expected, why) in cases {
            assert_eq!(Locale::parse(input).unwrap().as_str(), expected, "{why}");
        }
    }

    #[test]
    fn subtags_that_do_not_exist_are_refused() {
        let cases = [
            ("", "empty"),
            ("english", "not a code"),
            ("xx", "no such language"),
            ("en-AB", "no such region"),
            ("en-Abcd", "no such script"),
            ("en-foobar", "no such variant"),
            ("en_GB", "not BCP 47"),
            ("en-", "dangling hyphen"),
            ("x-private", "private use alone names no language"),
            ("und", "no language"),
        ];
        for (input, why) in cases {
            assert_eq!(Locale::parse(input).unwrap_err().code, "invalid_locale", "{why}");
        }
        let grows = format!("sh-x{}", "-aaaaaaaa".repeat(6) + "-aaaaa");
        assert_eq!(grows.len(), 64);
        assert_eq!(Locale::parse(&grows).unwrap_err().code, "too_long");
    }
}
