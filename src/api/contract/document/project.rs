//! Projects the document to OpenAPI 3.0.3.

use serde_json::{Map, Value};

use super::derive::set_version;

/// Projects an OpenAPI 3.1 document: `type: [T, "null"]` becomes `type: T` with
/// `nullable: true`. The document uses nothing else in which the versions differ.
pub(super) fn project(document: &mut Value) {
    nullable(document);
    set_version(document, "3.0.3");
}

fn nullable(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(nullable),
        Value::Object(object) => {
            if let Some(one) = non_null(object) {
                object.insert("type".to_owned(), one);
                object.insert("nullable".to_owned(), true.into());
            }
            object.values_mut().for_each(nullable);
        }
        _ => {}
    }
}

/// `T` of `type: [T, "null"]`.
fn non_null(object: &Map<String, Value>) -> Option<Value> {
    match object.get("type")?.as_array()?.as_slice() {
        [one, null] if null == "null" => Some(one.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_type_or_null_becomes_nullable() {
        let mut document = json!({ "openapi": "3.1.0", "a": [{ "type": ["string", "null"] }] });
        project(&mut document);
        assert_eq!(
            document,
            json!({ "openapi": "3.0.3", "a": [{ "type": "string", "nullable": true }] })
        );
    }
}
