//! Validates values by the schemas of the document, with the formats of the product.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use current_user::api::schema::timestamp::Timestamp;
use current_user::value::{AvatarFile, AvatarUrl, Email, Locale, PhoneNumber, TextValue, Timezone};
use serde_json::{Value, json};

use super::DOCUMENT;

/// Panics if a value does not match a schema.
#[track_caller]
pub(super) fn validate(what: &str, schema: &Value, value: &Value) {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, jsonschema::Validator>>> =
        LazyLock::new(Mutex::default);
    let mut validators = VALIDATORS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let validator = validators.entry(schema.to_string()).or_insert_with(|| compile(schema));
    let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    drop(validators);
    assert!(errors.is_empty(), "{what} is not as the document says: {errors:?}\n{value}");
}

type FormatCheck = fn(&str) -> bool;

/// Whether a text is a `T` in its normal form. Every stored value is in this form.
fn is_normal<T: TextValue>(text: &str) -> bool {
    T::parse(text).is_ok_and(|value| value.as_str() == text)
}

/// Whether a text is the URL of an uploaded avatar.
fn is_uploaded_avatar(text: &str) -> bool {
    let url = text.strip_prefix("http://").and_then(|url| url.split_once("/avatars/"));
    url.is_some_and(|(_, file)| AvatarFile::parse(file).is_some())
}

fn compile(schema: &Value) -> jsonschema::Validator {
    let mut options = jsonschema::options().should_validate_formats(true);
    let formats: [(&str, FormatCheck); 6] = [
        ("uri", |text| is_normal::<AvatarUrl>(text) || is_uploaded_avatar(text)),
        ("email", is_normal::<Email>),
        ("locale-bcp47", is_normal::<Locale>),
        ("timezone", is_normal::<Timezone>),
        ("phone-number", is_normal::<PhoneNumber>),
        // RFC 3339 in the one form that the service sends: UTC with `Z`, and milliseconds.
        ("date-time", is_normal::<Timestamp>),
    ];
    for (name, check) in formats {
        options = options.with_format(name, check);
    }
    let mut rules = json!({ "components": DOCUMENT["components"] });
    rules.as_object_mut().unwrap().extend(schema.as_object().unwrap().clone());
    options.build(&rules).unwrap()
}
