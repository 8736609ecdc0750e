//! The OpenAPI document, made from the code in three steps. The operations and schemas themselves
//! are declared in the other modules of the API.
//!
//! `derive` turns the document that poem-openapi makes of the annotated types into OpenAPI 3.1.
//! `finish` works on the typed document: it adds everything that poem-openapi cannot express, and
//! makes components of the parts that repeat. `project` turns the result into OpenAPI 3.0.3, which
//! more client generators read.

mod components;
mod derive;
mod examples;
mod finish;
mod headers;
mod links;
mod problems;
mod project;
mod walk;

use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::api::contract::paths::Paths;
use crate::api::contract::validator::{Validator, internal_formats};

/// The first line of the YAML forms, which tells people not to edit them.
const HEADER: &str =
    "# Derived from the code by `cargo run -- openapi`; edit the code, not this file.\n";

/// The document in every form that is served, with the validator and the paths that are made of
/// it. The typed document is large, so it is dropped once these are made.
#[derive(Debug)]
pub struct Document {
    /// OpenAPI 3.0.3: the bytes of `openapi.yaml`.
    pub yaml: String,
    /// OpenAPI 3.0.3 as JSON.
    pub json: String,
    /// OpenAPI 3.1.
    pub yaml_31: String,
    /// Checks request bodies against the document.
    pub(in crate::api) validator: Validator,
    /// Knows the methods and query parameters of each path.
    pub(in crate::api) paths: Paths,
}

/// The document can't be made. This is a bug in the program.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The derived document is not OpenAPI.
    #[error("the derived document is not OpenAPI: {0}")]
    Json(#[from] serde_json::Error),
    /// The document can't be written as YAML, or its examples can't be read.
    #[error("the document or its examples are not YAML: {0}")]
    Yaml(#[from] yaml_serde::Error),
    /// One of the schemas is not JSON Schema.
    #[error("the document has a schema that is not valid: {0}")]
    Schema(#[from] Box<jsonschema::ValidationError<'static>>),
}

impl Document {
    /// Derives the document from what poem-openapi says about the operations.
    ///
    /// # Errors
    /// Only because of a bug in the program, which a test finds first.
    pub(in crate::api) fn derive(spec: &str) -> Result<Self, DocumentError> {
        let mut typed: OpenApi = serde_json::from_value(derive::derive(spec)?)?;
        finish::finish(&mut typed, &examples::read_examples()?);
        let mut document = serde_json::to_value(typed)?;
        let validator = Validator::new(&document).map_err(Box::new)?;
        let paths = Paths::new(&document);

        let internal: Vec<&str> = internal_formats().into_iter().map(|(name, _)| name).collect();
        drop_formats(&mut document, &internal);
        let yaml_31 = yaml(&document)?;
        project::project(&mut document);
        let (yaml, mut json) = (yaml(&document)?, serde_json::to_string(&document)?);
        json.push('\n');
        Ok(Self { yaml, json, yaml_31, validator, paths })
    }
}

fn drop_formats(value: &mut Value, internal: &[&str]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| drop_formats(item, internal)),
        Value::Object(object) => {
            let format = object.get("format").and_then(Value::as_str);
            if format.is_some_and(|format| internal.contains(&format)) {
                object.shift_remove("format");
            }
            object.values_mut().for_each(|value| drop_formats(value, internal));
        }
        _ => {}
    }
}

/// Writes YAML that every parser reads alike. Points in time are quoted, because YAML 1.1 has a
/// type for them, and YAML 1.2, which is written here, has none.
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
