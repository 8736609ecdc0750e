//! The choices of the pickers: the languages, time zones and countries that the service accepts.

use serde_json::json;

use crate::value::{Countries, Locale, Timezone, calling_codes};

/// The choices as JSON. Only the countries to which SMS are sent are among them.
pub(super) fn of(sms_countries: &Countries) -> String {
    let countries = calling_codes().filter(|one| sms_countries.contains(one.country));
    let countries: Vec<_> =
        countries.map(|one| json!([one.country.code(), one.code, one.prefix])).collect();
    let timezones: Vec<_> = Timezone::names().collect();
    json!({ "locales": Locale::COMMON.as_slice(), "timezones": timezones, "countries": countries })
        .to_string()
}
