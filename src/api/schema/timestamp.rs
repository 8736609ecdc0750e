//! Points in time, as the document shows them.

use chrono::{DateTime, SecondsFormat, Utc};
use poem_openapi::registry::MetaSchema;

use crate::value::text_value::openapi_text;
use crate::value::{TextValue, ValueError};

/// A point in time as the service sends it: RFC 3339, in UTC with `Z`, to the millisecond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamp(String);

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Timestamp {
    /// A point in time for examples.
    #[must_use]
    pub fn example() -> Self {
        Self(EXAMPLE.to_owned())
    }
}

const EXAMPLE: &str = "2026-11-23T08:22:29.280Z";

impl TextValue for Timestamp {
    fn schema() -> MetaSchema {
        // Clients may rely on RFC 3339, and on nothing more.
        MetaSchema::new_with_format("string", "date-time")
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        DateTime::parse_from_rfc3339(text)
            .map(|time| time.to_utc().into())
            .map_err(|error| ValueError::new("invalid_time", format!("must be RFC 3339: {error}")))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(Timestamp);
