//! Derives an OpenAPI 3.1 document from the annotated types.

use serde_json::{Map, Value, json};

use crate::account::session::MAX_SESSIONS;
use crate::api::contract::reference::{body_references, pointer};

/// The maximum length of a list that states no other. The list of sessions is the longest.
const MAX_ITEMS: u64 = MAX_SESSIONS;

/// Turns the document that poem-openapi derives (`spec`) into OpenAPI 3.1.
pub(super) fn derive(spec: &str) -> Result<Value, serde_json::Error> {
    let mut document: Value = serde_json::from_str(spec)?;
    set_version(&mut document, "3.1.0");
    normalize(&mut document);
    close_bodies(&mut document);
    Ok(document)
}

/// Sets the OpenAPI version of the document.
pub(super) fn set_version(document: &mut Value, version: &str) {
    if let Some(document) = document.as_object_mut() {
        document.insert("openapi".to_owned(), version.into());
    }
}

/// Rewrites everything in which poem-openapi differs from OpenAPI 3.1.
fn normalize(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(normalize),
        Value::Object(object) => {
            object.retain(|name, value| name != "deprecated" || *value != false);
            unwrap_reference(object);
            type_nullable(object);
            bound(object);
            name_nothing(object);
            join_lines(object);
            object.values_mut().for_each(normalize);
        }
        _ => {}
    }
}

/// `allOf: [{$ref}, {description}]` → `$ref`: the schema has a description of its own.
fn unwrap_reference(object: &mut Map<String, Value>) {
    let reference = object.get("allOf").and_then(|all_of| all_of.get(0)?.get("$ref")).cloned();
    if let Some(reference) = reference {
        object.clear();
        object.insert("$ref".to_owned(), reference);
    }
}

/// `nullable: true` (3.0) → `type: [T, "null"]` (3.1).
fn type_nullable(object: &mut Map<String, Value>) {
    if object.get("nullable") == Some(&Value::Bool(true)) {
        object.shift_remove("nullable");
        if let Some(one) = object.get_mut("type") {
            *one = json!([one.take(), "null"]);
        }
    }
}

/// Bounds the lengths of UUIDs and lists.
fn bound(object: &mut Map<String, Value>) {
    if object.get("format").is_some_and(|format| format == "uuid") {
        object.insert("minLength".to_owned(), 36.into());
        object.insert("maxLength".to_owned(), 36.into());
    }
    if object.get("type").is_some_and(|kind| kind == "array") {
        object.entry("maxItems").or_insert(MAX_ITEMS.into());
    }
}

/// Names the value `""` of an enum, because generated code needs a name for it.
fn name_nothing(object: &mut Map<String, Value>) {
    if object.get("enum").is_some_and(|values| *values == json!([""])) {
        object.insert("x-enum-varnames".to_owned(), json!(["NONE"]));
    }
}

/// Joins the lines of each paragraph of a description. Their breaks only suit the source code.
fn join_lines(object: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = object.get_mut("description") {
        let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
        *text = paragraphs.collect::<Vec<_>>().join("\n\n");
    }
}

/// Says that a request body must not have unknown properties, because the service refuses them.
fn close_bodies(document: &mut Value) {
    let bodies = body_references(document).map(|reference| pointer(reference).to_owned());
    let bodies: Vec<String> = bodies.collect();
    for pointer in bodies {
        if let Some(Value::Object(schema)) = document.pointer_mut(&pointer) {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
    }
}
