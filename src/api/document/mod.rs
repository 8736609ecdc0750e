//! The OpenAPI document: derived from the code, finished, projected.
//!
//! `derive` takes what poem-openapi says of the annotated types and brings it
//! into the form of OpenAPI 3.1. `finish` adds, with types, what poem-openapi
//! cannot say. `project` writes the same down as OpenAPI 3.0.3, which more
//! client generators read.

mod derive;
mod finish;
mod headers;
mod links;
mod problems;
mod project;

use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;

use super::paths::Paths;
use super::validator::Validator;
use crate::api;

/// Stands above the document, for whoever opens the file.
const HEADER: &str =
    "# Derived from the code by `cargo run -- openapi`; edit the code, not this file.\n";

/// The document in every form that is served, and what is made of it. It is
/// large while it is made, so that what is kept is no more than what is needed.
#[derive(Debug)]
pub struct Document {
    /// OpenAPI 3.0.3: the bytes of `openapi.yaml`.
    pub yaml: String,
    /// The same as JSON.
    pub json: String,
    /// OpenAPI 3.1.
    pub yaml_31: String,
    /// Checks bodies against it.
    pub(super) validator: Validator,
    /// Knows what its paths take.
    pub(super) paths: Paths,
}

/// Formats that find the parser of a value, and tell a reader nothing that its
/// pattern does not tell better.
const INTERNAL_FORMATS: [&str; 3] = ["biography", "display-name", "one-time-token"];

/// The document can't be made: a fault of the program.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// What was derived is not OpenAPI.
    #[error("the derived document is not OpenAPI: {0}")]
    Json(#[from] serde_json::Error),
    /// It can't be written as YAML.
    #[error("the document can't be written as YAML: {0}")]
    Yaml(#[from] yaml_serde::Error),
    /// One of its schemas is not JSON Schema.
    #[error("the document has a schema that is not valid: {0}")]
    Schema(#[from] Box<jsonschema::ValidationError<'static>>),
}

impl Document {
    /// Derives the document.
    ///
    /// # Errors
    /// Only when the program is wrong; a test would have failed first.
    pub fn new() -> Result<Self, DocumentError> {
        Self::of(&api::service(api::Operations::default()).spec())
    }

    /// Derives the document of a demo.
    ///
    /// # Errors
    /// Only when the program is wrong; a test would have failed first.
    pub(super) fn of_demo() -> Result<Self, DocumentError> {
        Self::of(&api::service(api::DemoOperations::default()).spec())
    }

    fn of(spec: &str) -> Result<Self, DocumentError> {
        let mut typed: OpenApi = serde_json::from_value(derive::derive(spec)?)?;
        finish::finish(&mut typed);
        let mut document = serde_json::to_value(typed)?;
        let validator = Validator::new(&document).map_err(Box::new)?;
        let paths = Paths::new(&document);

        drop_internal_formats(&mut document);
        let yaml_31 = yaml(&document)?;
        project::project(&mut document);
        let (yaml, json) = (yaml(&document)?, serde_json::to_string(&document)?);
        Ok(Self { yaml, json, yaml_31, validator, paths })
    }
}

/// The references to the schemas of request bodies, operation by operation.
pub(super) fn body_references(document: &Value) -> impl Iterator<Item = &str> {
    let operations = document["paths"].as_object().into_iter().flat_map(Map::values);
    operations.flat_map(|path| path.as_object().into_iter().flat_map(Map::values)).filter_map(
        |operation| {
            operation.pointer("/requestBody/content/application~1json/schema/$ref")?.as_str()
        },
    )
}

fn drop_internal_formats(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(drop_internal_formats),
        Value::Object(object) => {
            let format = object.get("format").and_then(Value::as_str);
            if format.is_some_and(|format| INTERNAL_FORMATS.contains(&format)) {
                object.shift_remove("format");
            }
            object.values_mut().for_each(drop_internal_formats);
        }
        _ => {}
    }
}

/// YAML that every parser reads alike: YAML 1.1 has a type for points in time,
/// YAML 1.2, which is what is written here, has not; so they are put in quotes.
fn yaml(document: &Value) -> Result<String, yaml_serde::Error> {
    let mut text = HEADER.to_owned();
    for line in yaml_serde::to_string(document)?.lines() {
        match line.rsplit_once(' ') {
            Some((key, value)) if chrono::DateTime::parse_from_rfc3339(value).is_ok() => {
                text.extend([key, " '", value, "'"]);
            }
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    Ok(text)
}
