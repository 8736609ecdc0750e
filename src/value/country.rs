//! Countries that have telephone numbers.

use std::fmt;

/// A country or territory: an ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country([u8; 2]);

impl Country {
    /// Parses the code of a country that has telephone numbers of its own. The case does not
    /// matter.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.to_ascii_uppercase();
        let letters = <[u8; 2]>::try_from(code.as_bytes()).ok()?;
        let is_code = letters.iter().all(u8::is_ascii_uppercase);
        let is_known = || phonenumber::metadata::DATABASE.by_id(code.as_str()).is_some();
        (is_code && is_known()).then_some(Self(letters))
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        // A code consists of ASCII letters.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// How a country is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallingCode {
    /// The country.
    pub country: Country,
    /// The calling code. Several countries can share one.
    pub code: u16,
    /// The trunk prefix: what people put before a number inside the country.
    pub prefix: Option<&'static str>,
}

/// The calling codes of all countries.
pub fn calling_codes() -> impl Iterator<Item = CallingCode> {
    let letters = || b'A'..=b'Z';
    let countries = letters().flat_map(move |one| letters().map(move |two| Country([one, two])));
    countries.filter_map(|country| {
        let plan = phonenumber::metadata::DATABASE.by_id(country.code())?;
        let prefix = plan.national_prefix();
        Some(CallingCode { country, code: plan.country_code(), prefix })
    })
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A set of countries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Countries([u32; 26]);

impl Countries {
    /// All countries.
    pub const ALL: Self = Self([u32::MAX; 26]);

    /// Whether the set contains the country.
    #[must_use]
    pub fn contains(&self, country: Country) -> bool {
        let Country([first, second]) = country;
        self.0.get(place(first)).is_some_and(|seconds| seconds & (1 << place(second)) != 0)
    }
}

impl FromIterator<Country> for Countries {
    fn from_iter<T: IntoIterator<Item = Country>>(countries: T) -> Self {
        let mut set = Self::default();
        for Country([first, second]) in countries {
            if let Some(seconds) = set.0.get_mut(place(first)) {
                *seconds |= 1 << place(second);
            }
        }
        set
    }
}

/// The place of a letter in the alphabet.
fn place(letter: u8) -> usize {
    usize::from(letter - b'A')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_one_with_telephone_numbers() {
        for (code, why) in [("DE", "a country"), ("gb", "lower case"), ("JE", "a territory")] {
            assert_eq!(Country::parse(code).unwrap().code(), code.to_uppercase(), "{why}");
        }
        for (code, why) in [
            ("", "empty"),
            ("D", "a letter short"),
            ("DEU", "alpha-3"),
            ("49", "a calling code"),
            ("001", "satellites and other networks of no country"),
            ("ZZ", "unassigned"),
            ("UK", "not in ISO 3166-1"),
            ("é", "two bytes"),
        ] {
            assert_eq!(Country::parse(code), None, "{why}");
        }
    }

    #[test]
    fn a_set_contains_what_was_put_into_it() {
        let country = |code| Country::parse(code).unwrap();
        let set: Countries = ["DE", "GB"].map(country).into_iter().collect();
        for (code, contained) in [("DE", true), ("GB", true), ("GE", false), ("FR", false)] {
            assert_eq!(set.contains(country(code)), contained, "{code}");
            assert!(Countries::ALL.contains(country(code)));
            assert!(!Countries::default().contains(country(code)));
        }
    }
}
