//! Validates request bodies by the schemas that the document publishes.

use std::collections::HashMap;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as ErrorKind};
use serde_json::Value;

use crate::api::contract::problem::{FieldError, MAX_ERRORS, Problem};
use crate::api::contract::reference::{body_references, pointer};
use crate::api::extract::escape;
use crate::value::{
    AvatarUrl, Bio, Email, Locale, Name, NewPassword, OneTimeToken, Password, PhoneNumber,
    TextValue, Timezone, ValueError,
};

/// A `format`, and the parser that checks it.
type Format = (&'static str, Parse);
type Parse = fn(&str) -> Result<(), ValueError>;

fn format<T: TextValue>() -> Format {
    (T::schema().format.unwrap_or_default(), |text| T::parse(text).map(drop))
}

/// The formats that the document publishes, because clients should know them.
fn published_formats() -> Vec<Format> {
    vec![
        format::<AvatarUrl>(),
        format::<Locale>(),
        format::<Timezone>(),
        format::<Email>(),
        format::<NewPassword>(),
        format::<Password>(),
        format::<PhoneNumber>(),
    ]
}

/// The formats that only select the parser of a value. The document leaves them out, because
/// their patterns say more.
pub(super) fn internal_formats() -> Vec<Format> {
    vec![format::<Name>(), format::<Bio>(), format::<OneTimeToken>()]
}

/// Checks bodies against the schemas of the document.
#[derive(Debug)]
pub(crate) struct Validator {
    schemas: HashMap<String, jsonschema::Validator>,
    formats: HashMap<&'static str, Parse>,
}

impl Validator {
    /// A validator for the request bodies in `document` (OpenAPI 3.1).
    ///
    /// # Errors
    /// When a schema is not valid JSON Schema.
    pub(crate) fn new(document: &Value) -> Result<Self, ValidationError<'static>> {
        let formats = || published_formats().into_iter().chain(internal_formats());
        let mut options = jsonschema::options().should_validate_formats(true);
        for (name, parse) in formats() {
            options = options.with_format(name, move |text| parse(text).is_ok());
        }
        let mut schemas = HashMap::new();
        for reference in body_references(document) {
            let name = reference.rsplit('/').next().unwrap_or_default();
            let schema = document.pointer(pointer(reference));
            let mut schema = schema.cloned().unwrap_or_default();
            if let (true, Some(object)) = (has_reference(&schema), schema.as_object_mut()) {
                // References need the components. A validator keeps all that it is given, so a
                // schema without references does not get them.
                object.insert("components".to_owned(), document["components"].clone());
            }
            schemas.insert(name.to_owned(), options.build(&schema)?);
        }
        Ok(Self { schemas, formats: formats().collect() })
    }

    /// Checks `value` against the schema `name`.
    ///
    /// # Errors
    /// All errors in the value, at most one per place, in the order of the value.
    pub(crate) fn check(&self, name: &str, value: &Value) -> Result<(), Problem> {
        let Some(schema) = self.schemas.get(name) else {
            return Err(Problem::fault(format!("the document has no body {name}")));
        };
        // Of several errors at one place, the most specific one is kept.
        let mut found: Vec<(u8, FieldError)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let errors = schema.iter_errors(value).flat_map(|error| self.describe(&error));
        for (rank, error) in errors {
            match places.get(&error.pointer) {
                Some(&index) => {
                    if let Some(other) = found.get_mut(index).filter(|other| rank < other.0) {
                        *other = (rank, error);
                    }
                }
                None if found.len() < MAX_ERRORS => {
                    places.insert(error.pointer.clone(), found.len());
                    found.push((rank, error));
                }
                None => break,
            }
        }
        match found.is_empty() {
            true => Ok(()),
            false => Err(Problem::validation(found.into_iter().map(|(_, error)| error).collect())),
        }
    }

    /// The errors of the reply that an error of the schema stands for, with their ranks. A lower
    /// rank means a more specific error.
    fn describe(&self, error: &ValidationError<'_>) -> Vec<(u8, FieldError)> {
        let path = error.instance_path().as_str();
        let one =
            |rank, code: &str, message: String| vec![(rank, FieldError::new(path, code, message))];
        let property = |name: &str, code: &str, message: &str| {
            FieldError::new(&format!("{path}/{}", escape(name)), code, message)
        };
        match error.kind() {
            ErrorKind::Type { kind } => one(0, "invalid_type", format!("must be {}", names(kind))),
            ErrorKind::Required { property: name } => {
                let name = name.as_str().unwrap_or_default();
                vec![(0, property(name, "required", "is required"))]
            }
            ErrorKind::AdditionalProperties { unexpected } => {
                let message = "is not a property that can be set here";
                let unknown = |name: &String| (0, property(name, "unknown_property", message));
                unexpected.iter().take(MAX_ERRORS).map(unknown).collect()
            }
            ErrorKind::Format { format } => {
                let text = error.instance().as_str().unwrap_or_default();
                let parsed = self.formats.get(format.as_str()).map(|parse| parse(text));
                match parsed {
                    Some(Err(error)) => one(1, error.code, error.message),
                    _ => one(3, "invalid_format", format!("must be in the format `{format}`")),
                }
            }
            ErrorKind::MinLength { limit } => {
                one(2, "too_short", format!("must have at least {limit} characters"))
            }
            ErrorKind::MaxLength { limit } => {
                one(2, "too_long", format!("must have at most {limit} characters"))
            }
            ErrorKind::Pattern { .. } => {
                one(3, "invalid_format", "does not match the required pattern".to_owned())
            }
            _ => one(4, "invalid", "does not match its schema in the document".to_owned()),
        }
    }
}

fn has_reference(schema: &Value) -> bool {
    match schema {
        Value::Array(items) => items.iter().any(has_reference),
        Value::Object(object) => object.contains_key("$ref") || object.values().any(has_reference),
        _ => false,
    }
}

/// The permitted JSON types, in words.
fn names(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => format!("of type {one}"),
        TypeKind::Multiple(types) => {
            let names: Vec<String> = types.iter().map(|one| one.to_string()).collect();
            format!("of type {}", names.join(" or "))
        }
    }
}
