//! Holds every reply against the document: a reply that is not in it fails the
//! test that caused it.

use std::collections::{BTreeSet, HashMap};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};

use current_user::api::schema::timestamp::Timestamp;
use current_user::value::{AvatarFile, AvatarUrl, Email, Locale, PhoneNumber, TextValue, Timezone};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::Reply;
use super::operations::{document_31, resolve};

/// The document in the form that JSON Schema validators read (3.1).
static DOCUMENT: LazyLock<Value> = LazyLock::new(document_31);

/// Where it is noted which (operation, status) pairs were seen; another test
/// program reads it once this one has ended.
fn notes() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("replies")
}

/// Checks a reply to `method` on `path`.
#[track_caller]
pub(super) fn check(method: &Method, path: &str, reply: &Reply) {
    let name =
        if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() };
    let found = template(path).and_then(|path| DOCUMENT["paths"][path].get(&name));
    let Some(operation) = found else {
        return check_outside(reply);
    };
    let status = reply.status.as_str();
    let id = operation["operationId"].as_str().unwrap();
    let response = operation["responses"].get(status);
    let response = response.unwrap_or_else(|| {
        panic!("{id} answered {status}, which is not in the document: {}", reply.text)
    });
    let response = resolve(&DOCUMENT, response);
    note(id, status);
    check_headers(id, response, reply);
    check_body(id, method, response, reply);
}

/// Pages, and what is answered where there is no operation.
#[track_caller]
fn check_outside(reply: &Reply) {
    if reply.status.is_client_error() || reply.status.is_server_error() {
        assert_eq!(reply.header("content-type"), "application/problem+json");
        validate("a problem", &json!({ "$ref": "#/components/schemas/Problem" }), &reply.json());
    }
}

/// The template of a path.
fn template(path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap_or_default();
    let matches = |template: &str| {
        template.split('/').count() == path.split('/').count()
            && template
                .split('/')
                .zip(path.split('/'))
                .all(|(expected, segment)| expected.starts_with('{') || expected == segment)
    };
    DOCUMENT["paths"].as_object().unwrap().keys().map(String::as_str).find(|one| matches(one))
}

/// Headers that are documented but need not be there.
const OPTIONAL: [&str; 1] = ["Access-Control-Allow-Origin"];

#[track_caller]
fn check_headers(id: &str, response: &Value, reply: &Reply) {
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let header = resolve(&DOCUMENT, header);
        let value = match reply.headers.get(name) {
            Some(value) => value.to_str().unwrap(),
            None if OPTIONAL.contains(&name.as_str()) => continue,
            None => panic!("{id} did not send {name}"),
        };
        let value = match header["schema"]["type"].as_str() {
            Some("integer") => json!(value.parse::<i64>().unwrap()),
            _ => json!(value),
        };
        validate(&format!("{name} of {id}"), &header["schema"], &value);
    }
}

#[track_caller]
fn check_body(id: &str, method: &Method, response: &Value, reply: &Reply) {
    let content = response["content"].as_object();
    let Some(content) = content.filter(|_| method != Method::HEAD) else {
        return assert_eq!(reply.text, "", "{id} sent a body that is not in the document");
    };
    let media_type = reply.header("content-type");
    let media = content.get(media_type);
    let media =
        media.unwrap_or_else(|| panic!("{id} sent {media_type}, which is not in the document"));
    validate(&format!("the body of {id}"), &media["schema"], &reply.json());
}

/// Validates `value`, with the formats of the account types.
#[track_caller]
fn validate(what: &str, schema: &Value, value: &Value) {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, jsonschema::Validator>>> =
        LazyLock::new(Mutex::default);
    let mut validators = VALIDATORS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let validator = validators.entry(schema.to_string()).or_insert_with(|| compile(schema));
    let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    drop(validators);
    assert!(errors.is_empty(), "{what} is not as the document says: {errors:?}\n{value}");
}

type Check = fn(&str) -> bool;

/// Whether a text is a `T`, and in its normal form: what was stored is.
fn known<T: TextValue>(text: &str) -> bool {
    T::parse(text).is_ok_and(|value| value.as_str() == text)
}

/// Whether a URL is that of a picture that was uploaded.
fn is_uploaded(text: &str) -> bool {
    let url = text.strip_prefix("http://").and_then(|url| url.split_once("/avatars/"));
    url.is_some_and(|(_, file)| AvatarFile::parse(file).is_some())
}

fn compile(schema: &Value) -> jsonschema::Validator {
    let mut options = jsonschema::options().should_validate_formats(true);
    let formats: [(&str, Check); 6] = [
        ("uri", |text| known::<AvatarUrl>(text) || is_uploaded(text)),
        ("email", known::<Email>),
        ("locale-bcp47", known::<Locale>),
        ("timezone", known::<Timezone>),
        ("phone-number", known::<PhoneNumber>),
        // RFC 3339 in the one form that the service sends: UTC with `Z`, and milliseconds.
        ("date-time", known::<Timestamp>),
    ];
    for (name, check) in formats {
        options = options.with_format(name, check);
    }
    let mut rules = json!({ "components": DOCUMENT["components"] });
    rules.as_object_mut().unwrap().extend(schema.as_object().unwrap().clone());
    options.build(&rules).unwrap()
}

/// Notes that an operation answered with this status.
fn note(id: &str, status: &str) {
    static SEEN: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);
    let pair = format!("{id} {status}\n");
    let mut seen = SEEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if seen.is_empty() {
        // The first reply of a run: what an earlier run saw does not count.
        std::fs::write(notes(), "").unwrap();
    }
    if seen.insert(pair.clone()) {
        let mut notes = OpenOptions::new().append(true).open(notes()).unwrap();
        notes.write_all(pair.as_bytes()).unwrap();
    }
}
