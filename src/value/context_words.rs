//! Context-specific words: what makes a password easy to guess for those who know whose it is
//! (NIST SP 800-63B-4, 3.1.1.2).

use std::collections::BTreeSet;

use icu_normalizer::DecomposingNormalizer;

use super::password::NewPassword;
use super::text_value::{TextValue as _, ValueError};

/// The minimum number of characters of a word.
const MIN_WORD: usize = 2;
/// The minimum number of digits of a word without a letter, such as `83920174@example.com` has.
const MIN_NUMBER: usize = 6;
/// The number of letters that a password needs beside the words, or the number of characters of
/// any kind. A year or a birthday, with what stands around it, is shorter.
const ENOUGH_LETTERS: usize = 4;
const ENOUGH_CHARACTERS: usize = 12;

/// The words of some texts, such as the name and the addresses of a user.
#[derive(Clone, Debug)]
pub struct ContextWords {
    /// Each in the form in which words are compared.
    words: BTreeSet<Vec<char>>,
}

impl ContextWords {
    /// The words of `texts`.
    #[must_use]
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words = BTreeSet::new();
        for text in texts {
            let text = fold(text);
            for word in text.split(|c| !c.is_alphanumeric()) {
                // `ada1815` is also `ada`.
                let letters = word.split(|c| !c.is_alphabetic());
                words.extend(letters.chain([word]).filter(|word| is_long(word)).map(<[_]>::to_vec));
            }
        }
        Self { words }
    }

    /// Refuses a password that consists mostly of the words: besides them it has fewer than four
    /// letters, and fewer than twelve characters of any kind. Case, accents and what stands
    /// between letters make no difference.
    ///
    /// # Errors
    /// Says what is wrong, for the field of the password.
    pub fn check(&self, password: &NewPassword) -> Result<(), ValueError> {
        let folded = fold(password.as_str());
        let text: Vec<char> = folded.iter().copied().filter(|c| c.is_alphanumeric()).collect();
        let rest = self.rest(&text);
        let letters = rest.iter().filter(|c| c.is_alphabetic()).count();
        let characters = rest.len() + (folded.len() - text.len());
        let has_words = rest.len() < text.len();
        if has_words && letters < ENOUGH_LETTERS && characters < ENOUGH_CHARACTERS {
            return Err(ValueError::new(
                "password_context_specific",
                "consists mostly of your name, your email address or the name of this service; \
                 choose another one",
            ));
        }
        Ok(())
    }

    /// The characters of `text` that belong to no word. Where several words begin, the longest
    /// one counts.
    fn rest(&self, mut text: &[char]) -> Vec<char> {
        let mut rest = Vec::new();
        while let Some((first, others)) = text.split_first() {
            let begins = self.words.iter().filter_map(|word| text.strip_prefix(word.as_slice()));
            text = begins.min_by_key(|after| after.len()).unwrap_or_else(|| {
                rest.push(*first);
                others
            });
        }
        rest
    }
}

fn is_long(word: &[char]) -> bool {
    let min = if word.iter().any(|c| c.is_alphabetic()) { MIN_WORD } else { MIN_NUMBER };
    word.len() >= min
}

/// The form in which words are compared: lower case, without accents and variants of letters.
fn fold(text: &str) -> Vec<char> {
    let decomposed = DecomposingNormalizer::new_nfkd().normalize(text);
    decomposed.to_lowercase().chars().filter(|c| !is_accent(*c)).collect()
}

/// Whether a character is a combining diacritical mark of Latin, Greek or Cyrillic letters.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuses(texts: &[&str], password: &str) -> bool {
        let password = NewPassword::parse(password).unwrap();
        ContextWords::of(texts.iter().copied()).check(&password).is_err()
    }

    const ADA: &[&str] = &["Example Accounts", "Ada Lovelace", "ada.l@mail.example.org"];

    #[test]
    fn a_password_of_context_words_is_refused() {
        for (password, why) in [
            ("AdaLovelace", "the name"),
            ("lovelace", "a part of the name"),
            ("Lovelace1815!", "with a year"),
            ("10.12.1815 Lovelace", "with a birthday"),
            ("abc-Lovelace", "only three other letters"),
            ("ada.l@mail.example.org", "the address"),
            ("exampleaccounts", "the name of the service"),
            ("EXAMPLE2026", "a part of it"),
            ("L-o-v-e-l-a-c-e", "spelled"),
            ("adaadaada", "again and again"),
            ("lóvelacé99", "accents"),
            ("\u{FF2C}ovelace99", "a full-width letter"),
        ] {
            assert!(refuses(ADA, password), "{password}: {why}");
        }
        assert!(refuses(&["83920174@example.com"], "83920174"), "an address of digits");
        assert!(refuses(&["Amélie"], "amelie2001"), "the name has the accent");
        assert!(refuses(&["李明"], "李明1234567"), "any script");
    }

    #[test]
    fn a_password_that_contains_a_word_is_accepted() {
        for (password, why) in [
            ("correct horse battery staple", "none of the words"),
            ("correct horse ada", "a phrase with a name"),
            ("adamantine", "a word that begins like a name"),
            ("ada839201746650", "many digits"),
            ("ada 1815 babbage", "the name of another person"),
            ("58204719365", "no word at all"),
        ] {
            assert!(!refuses(ADA, password), "{password}: {why}");
        }
        assert!(!refuses(&["A", "1815@example.com"], "a1815a1815"), "too short to be words");
        assert!(!refuses(&[], "password manager"));
    }
}
