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
/// UTS #35 (ICU4X with CLDR data): `EN-gb` becomes `en-GB`, `iw` becomes `he`. It need not name a
/// language: `und` and private use (`x-…`) are valid.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct Locale(String);

impl Locale {
    /// Tags of languages that many people read, for pickers. Users can choose any other.
    pub const COMMON: [&str; 89] = [
        "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "de-AT", "de-CH", "el", "en", "en-AU",
        "en-CA", "en-GB", "en-IE", "en-IN", "en-NZ", "en-US", "en-ZA", "es", "es-419", "es-ES",
        "es-MX", "et", "eu", "fa", "fi", "fil", "fr", "fr-BE", "fr-CA", "fr-CH", "ga", "gl", "gu",
        "he", "hi", "hr", "hu", "hy", "id", "is", "it", "it-CH", "ja", "ka", "kk", "km", "kn",
        "ko", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "my", "nb", "ne", "nl", "nl-BE", "nn",
        "pa", "pl", "pt", "pt-BR", "pt-PT", "ro", "ru", "si", "sk", "sl", "sq", "sr", "sv", "sw",
        "ta", "te", "th", "tr", "uk", "ur", "uz", "vi", "zh-Hans", "zh-Hant", "zu",
    ];
}

impl TextValue for Locale {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(2),
            max_length: Some(MAX_CHARS),
            pattern: Some("^([A-Za-z]{2,8}|[IiXx])(-[A-Za-z0-9]{1,8})*$".to_owned()),
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
        without_posix(&tag).and_then(|tag| tag.validate().ok()).ok_or_else(invalid)?;
        // Grandfathered tags and extlangs are valid in BCP 47 but are not Unicode locale
        // identifiers. Their registered replacements are.
        let tag = tag.canonicalize().map_err(|_| invalid())?;
        let canonical = match IcuLocale::try_from_str(tag.as_str()) {
            Ok(mut locale) => {
                LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
                locale.to_string()
            }
            Err(_) if is_indivisible(&tag) => tag.into_string(),
            Err(_) => return Err(invalid()),
        };
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

/// The tag without the variant `posix`. Systems without a language report `en-US-posix`. CLDR has
/// the variant, and the IANA registry does not.
fn without_posix(tag: &LanguageTag) -> Option<LanguageTag> {
    if !tag.variant_subtags().any(|variant| variant == "posix") {
        return Some(tag.clone());
    }
    let mut subtags: Vec<&str> = tag.as_str().split('-').collect();
    subtags.remove(subtags.iter().position(|subtag| *subtag == "posix")?);
    LanguageTag::parse(&subtags.join("-")).ok()
}

/// Whether a tag means something only as a whole: private use alone, like `x-klingon`, or a
/// grandfathered tag without a replacement, like `i-default`. The library does not look at the
/// subtags of private use.
fn is_indivisible(tag: &LanguageTag) -> bool {
    let is_subtag = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    tag.primary_language().contains('-') && tag.as_str().split('-').all(is_subtag)
}

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
            ("UND", "und", "no language in particular"),
            ("und-de", "und-DE", "a region without a language"),
            ("X-Klingon-A", "x-klingon-a", "private use alone"),
            ("en-x-GB", "en-x-gb", "private use after a language"),
            ("i-default", "i-default", "grandfathered, without a replacement"),
            ("EN-us-POSIX", "en-US-posix", "a variant that only CLDR has"),
            ("de-posix-1996", "de-1996-posix", "with another variant"),
            ("ar-u-nu-latn-ca-islamic", "ar-u-ca-islamic-nu-latn", "keywords in order"),
        ];
        for (input, expected, why) in cases {
            assert_eq!(Locale::parse(input).unwrap().as_str(), expected, "{why}");
        }
    }

    #[test]
    fn common_tags_are_canonical() {
        for tag in Locale::COMMON {
            assert_eq!(Locale::parse(tag).unwrap().as_str(), tag);
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
            ("en-posix-posix", "the same variant twice"),
            ("posix", "not a language"),
            ("x", "private use of nothing"),
            ("x-", "private use of nothing"),
            ("x-toolongsubtag", "a subtag has at most 8 characters"),
            ("x-ä", "not ASCII"),
            ("en-x-toolongsubtag", "after a language, too"),
        ];
        for (input, why) in cases {
            assert_eq!(Locale::parse(input).unwrap_err().code, "invalid_locale", "{why}");
        }
        let grows = format!("sh-x{}", "-aaaaaaaa".repeat(6) + "-aaaaa");
        assert_eq!(grows.len(), 64);
        assert_eq!(Locale::parse(&grows).unwrap_err().code, "too_long");
    }
}
