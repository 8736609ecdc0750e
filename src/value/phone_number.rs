//! A phone number.

use phonenumber::Type;
use phonenumber::metadata::{DATABASE, Metadata};
use poem_openapi::registry::MetaSchema;
use sea_orm::DeriveValueType;

use super::country::Country;
use super::text_value::{TextValue, ValueError, openapi_text};

/// E.164, 6.2.1: a country code, then at most 15 digits in all.
pub const E164: &str = r"^\+[1-9][0-9]{1,14}$";
/// A number for examples.
pub const EXAMPLE: &str = "+442071838750";

/// The types of numbers to which an SMS costs more than usual, or which no person has.
const SPECIAL: [Type; 7] = [
    Type::PremiumRate,
    Type::SharedCost,
    Type::TollFree,
    Type::PersonalNumber,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
];

/// The types of numbers that people have.
const USUAL: [Type; 3] = [Type::Mobile, Type::FixedLine, Type::Voip];

/// A phone number in E.164. Parsing one also checks it against the numbering plan of its
/// country, and that an SMS to it costs no more than usual.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The country whose numbering plan has the number. `None` if it belongs to a network of
    /// no country, such as satellites.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        let number = phonenumber::parse(None, &self.0).ok()?;
        Country::parse(numbering_plan(&number)?.id())
    }
}

impl TextValue for PhoneNumber {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(3),
            max_length: Some(16),
            pattern: Some(E164.to_owned()),
            example: Some(EXAMPLE.into()),
            ..MetaSchema::new_with_format("string", "phone-number")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        if !is_e164(text) {
            return Err(invalid());
        }
        let number = phonenumber::parse(None, text).ok().filter(phonenumber::PhoneNumber::is_valid);
        let number = number.ok_or_else(|| {
            ValueError::new(
                "unknown_phone_number",
                "must be a valid phone number; check the country code and the number of digits",
            )
        })?;
        if is_usual(&number) {
            return Ok(Self(text.to_owned()));
        }
        Err(ValueError::new(
            "unserved_phone_number",
            "must be a mobile or landline number of a country; no SMS is sent to premium, shared \
             cost, toll-free, personal, pager, company, voicemail and satellite numbers",
        ))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(PhoneNumber);

/// Whether the number is of a type that people have, in the numbering plan of a country.
fn is_usual(number: &phonenumber::PhoneNumber) -> bool {
    let national = number.national().to_string();
    let Some(plan) = numbering_plan(number).filter(|plan| Country::parse(plan.id()).is_some())
    else {
        return false;
    };
    let is_of = |types: &[Type]| {
        let mut patterns = types.iter().filter_map(|one| plan.descriptors().get(*one));
        patterns.any(|pattern| pattern.is_match(&national))
    };
    is_of(&USUAL) && !is_of(&SPECIAL)
}

/// The numbering plan that has the number. Several countries can share a country code.
///
/// The library's own search drops leading zeros, which belong to the number in some countries,
/// such as Italy.
fn numbering_plan(number: &phonenumber::PhoneNumber) -> Option<&'static Metadata> {
    let code = number.code().value();
    let national = number.national().to_string();
    let plans = DATABASE.by_code(&code)?;
    if let [plan] = plans.as_slice() {
        return Some(plan);
    }
    // In the order of the regions, because the main country of a code comes first.
    let plans = DATABASE.region(&code)?.into_iter().filter_map(|region| DATABASE.by_id(region));
    let mut plans = plans.filter(|plan| match plan.leading_digits() {
        Some(digits) => digits.find(&national).is_some_and(|found| found.start() == 0),
        None => USUAL.iter().chain(&SPECIAL).any(|one| {
            plan.descriptors().get(*one).is_some_and(|pattern| pattern.is_match(&national))
        }),
    });
    plans.next()
}

/// Whether [`E164`] matches.
fn is_e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (2..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn invalid() -> ValueError {
    ValueError::new("invalid_phone_number", format!("must be a number in E.164, like `{EXAMPLE}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_that_can_be_called() {
        for (input, why) in [
            (EXAMPLE, "London"),
            ("+4915112345678", "a German mobile phone"),
            ("+14155552671", "San Francisco"),
        ] {
            assert!(PhoneNumber::parse(input).is_ok(), "{why}");
        }
        for (input, code, why) in [
            ("", "invalid_phone_number", "empty: numbers are deleted by their own operation"),
            ("442071838750", "invalid_phone_number", "no plus"),
            ("+44 20 7183 8750", "invalid_phone_number", "spaces"),
            ("+442071838750x", "invalid_phone_number", "a letter"),
            ("+0442071838750", "invalid_phone_number", "no country begins with 0"),
            ("+1415555267", "unknown_phone_number", "a digit short"),
            ("+999123456789", "unknown_phone_number", "no such country"),
            ("+442", "unknown_phone_number", "too short for its country"),
            ("112", "invalid_phone_number", "a short code"),
            ("+49112", "unknown_phone_number", "a short code of a country"),
        ] {
            assert_eq!(PhoneNumber::parse(input).unwrap_err().code, code, "{why}");
        }
    }

    #[test]
    fn a_number_to_which_an_sms_costs_more_is_refused() {
        for (input, why) in [
            ("+449012345678", "premium rate in the United Kingdom"),
            ("+499001234567", "premium rate in Germany"),
            ("+19002345678", "premium rate in North America"),
            ("+33891123456", "premium rate in France"),
            ("+448431234567", "shared cost"),
            ("+447012345678", "a personal number"),
            ("+447640123456", "a pager"),
            ("+445512345678", "a company number"),
            ("+448001234567", "toll-free"),
            ("+18002345678", "toll-free in North America"),
            ("+80012345678", "toll-free everywhere"),
            ("+80812345678", "shared cost everywhere"),
            ("+870773111632", "Inmarsat"),
            ("+881612345678", "Iridium"),
            ("+8823421234", "an international network"),
            ("+883510012345", "another international network"),
            ("+979123456789", "premium rate everywhere"),
        ] {
            assert_eq!(
                PhoneNumber::parse(input).unwrap_err().code,
                "unserved_phone_number",
                "{why}"
            );
        }
    }

    #[test]
    fn a_number_has_the_country_of_its_numbering_plan() {
        for (input, country) in [
            (EXAMPLE, "GB"),
            ("+447781123456", "GG"),
            ("+447797712345", "JE"),
            ("+447624123456", "IM"),
            ("+14155552671", "US"),
            ("+16137827274", "CA"),
            ("+18762101234", "JM"),
            ("+390236618300", "IT"),
            ("+393123456789", "IT"),
            ("+79123456789", "RU"),
            ("+77710009998", "KZ"),
            ("+4915112345678", "DE"),
        ] {
            let number = PhoneNumber::parse(input).unwrap();
            assert_eq!(number.country().unwrap().code(), country, "{input}");
        }
    }
}
