//! References (`$ref`) inside the document.

use serde_json::{Map, Value};

/// The component that a value refers to, or the value itself if it is no reference.
pub(super) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value.get("$ref").and_then(Value::as_str);
    reference.and_then(|reference| document.pointer(pointer(reference))).unwrap_or(value)
}

/// The JSON Pointer (RFC 6901) of a reference: `#/a/b` → `/a/b`.
pub(super) fn pointer(reference: &str) -> &str {
    reference.trim_start_matches('#')
}

/// The references to the schemas of JSON request bodies, operation by operation.
pub(super) fn body_references(document: &Value) -> impl Iterator<Item = &str> {
    let paths = document["paths"].as_object().into_iter().flat_map(Map::values);
    let operations = paths.flat_map(|path| path.as_object().into_iter().flat_map(Map::values));
    operations.filter_map(|operation| {
        let body = resolve(document, operation.get("requestBody")?);
        body.pointer("/content/application~1json/schema/$ref")?.as_str()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_resolves_to_its_component() {
        let document = json!({ "components": { "headers": { "ETag": { "required": true } } } });
        let component = json!({ "required": true });
        let reference = json!({ "$ref": "#/components/headers/ETag" });
        assert_eq!(resolve(&document, &reference), &component);
        assert_eq!(resolve(&document, &component), &component, "no reference");
    }
}
