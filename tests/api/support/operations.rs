//! The OpenAPI document and its operations, for tests that cover all operations.

use current_user::api::Document;
use reqwest::Method;
use serde_json::Value;

/// The document as OpenAPI 3.0, as in `openapi.yaml`.
pub(crate) fn document() -> Value {
    serde_json::from_str(&Document::new().unwrap().json).unwrap()
}

/// The document as OpenAPI 3.1, whose schemas are JSON Schema.
pub(crate) fn document_31() -> Value {
    yaml_serde::from_str(&Document::new().unwrap().yaml_31).unwrap()
}

/// Each operation, with its method and with a path whose parameters are filled in.
pub(crate) fn operations() -> Vec<(Method, String, Value)> {
    let mut operations = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        let path = path
            .replace("{sessionId}", "00000000-0000-7000-8000-000000000000")
            .replace("{receiptId}", "00000000-0000-4000-8000-000000000000")
            .replace("{emailId}", "00000000-0000-7000-8000-000000000000")
            .replace("{recoveryTokenId}", "00000000-0000-7000-8000-000000000000");
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            operations.push((method, path.clone(), operation.clone()));
        }
    }
    operations
}

/// The value itself, or the component of `document` that it refers to.
pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            let target = document.pointer(reference.trim_start_matches('#'));
            target.unwrap_or_else(|| panic!("{reference} leads nowhere"))
        }
        None => value,
    }
}
