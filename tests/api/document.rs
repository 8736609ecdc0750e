//! GET /openapi.yaml, /openapi.json, /openapi-3.1.yaml

use std::collections::BTreeMap;

use current_user::api::Document;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Reply, TestApp, apply, document, document_31, every_database, operations, resolve,
};

const COMMITTED: &str = include_str!("../../openapi.yaml");

#[test]
fn the_committed_document_is_the_derived_one() {
    assert!(
        COMMITTED == Document::new().unwrap().yaml,
        "openapi.yaml is not what the code says. Update it with: cargo run -- openapi > openapi.yaml"
    );
}

#[apply(every_database)]
async fn the_server_serves_the_same_bytes(app: TestApp) {
    let yaml = app.anonymous.get("/openapi.yaml").await.expect(200);
    assert_eq!(yaml.header("content-type"), "application/yaml");
    assert_eq!(yaml.text, COMMITTED);

    let json = app.anonymous.get("/openapi.json").await.expect(200).json();
    assert_eq!(json, document());
    assert_eq!(json["openapi"], "3.0.3");

    let later = app.anonymous.get("/openapi-3.1.yaml").await.expect(200).text;
    assert!(later.contains("\nopenapi: 3.1.0\n"));
}

#[test]
fn the_yaml_says_what_the_json_says() {
    let document = Document::new().unwrap();
    let yaml: Value = yaml_serde::from_str(&document.yaml).unwrap();
    let json: Value = serde_json::from_str(&document.json).unwrap();
    assert_eq!(yaml, json);
}

#[test]
fn the_user_is_the_one_of_the_contract() {
    let document = document();
    let user = &document["components"]["schemas"]["User"];
    assert_eq!(
        user["required"],
        json!(["id", "status", "name", "activeSessions", "createdAt", "updatedAt"])
    );
    let expected = [
        ("id", "string", Some("uuid")),
        ("status", "string", None),
        ("name", "string", None),
        ("bio", "string", None),
        ("avatarUrl", "string", Some("uri")),
        ("defaultEmail", "string", Some("email")),
        ("locale", "string", Some("locale-bcp47")),
        ("timezone", "string", Some("timezone")),
        ("activeSessions", "integer", Some("int32")),
        ("createdAt", "string", Some("date-time")),
        ("updatedAt", "string", Some("date-time")),
    ];
    for (name, kind, format) in expected {
        let property = &user["properties"][name];
        assert_eq!(property["type"], kind, "{name}");
        assert_eq!(property["format"].as_str(), format, "{name}");
    }
    let status = &user["properties"]["status"];
    assert_eq!(status["default"], "pending");
    assert_eq!(status["enum"], json!(["pending", "active", "deleted", "invited", "banned"]));
    assert_eq!(user["properties"].as_object().unwrap().len(), expected.len() + 1);
}

#[test]
fn a_phone_number_matches_exactly_one_branch() {
    let document = document();
    let schema = &document["components"]["schemas"]["User"]["properties"]["phoneNumber"];
    let branches: Vec<jsonschema::Validator> = schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|branch| jsonschema::validator_for(branch).unwrap())
        .collect();
    let cases = [("+442071234567", [true, false]), ("", [false, true]), ("2071", [false, false])];
    for (value, expected) in cases {
        let matches: Vec<bool> =
            branches.iter().map(|branch| branch.is_valid(&json!(value))).collect();
        assert_eq!(matches, expected, "{value:?}");
    }
}

#[test]
fn every_operation_explains_itself() {
    let document = document();
    for (method, path, operation) in operations() {
        for property in ["operationId", "summary", "description"] {
            let text = operation[property].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{method} {path} has no {property}");
        }
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{method} {path}");
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = resolve(&document, response);
            let text = response["description"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{method} {path} {status} has no description");
        }
    }
}

/// Asserts that each of `things` has a description. A reference needs none, because its target has
/// one.
fn expect_descriptions(things: &Value, where_: &str) {
    for (name, thing) in things.as_object().into_iter().flatten() {
        let text = thing["description"].as_str().unwrap_or_default();
        assert!(
            thing.get("$ref").is_some() || !text.is_empty(),
            "{where_} {name} has no description"
        );
    }
}

#[test]
fn every_schema_property_parameter_and_header_has_a_description() {
    let document = document();
    let components = &document["components"];
    for kind in ["schemas", "parameters", "headers", "responses", "securitySchemes"] {
        assert!(components[kind].is_object(), "the document has no {kind}");
        expect_descriptions(&components[kind], kind);
    }
    for (name, schema) in components["schemas"].as_object().unwrap() {
        expect_descriptions(&schema["properties"], name);
    }
    for (name, response) in components["responses"].as_object().unwrap() {
        expect_descriptions(&response["headers"], name);
    }
    for (method, path, operation) in operations() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let text = resolve(&document, parameter)["description"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{method} {path}: {parameter} has no description");
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let headers = &resolve(&document, response)["headers"];
            expect_descriptions(headers, &format!("{method} {path} {status}"));
        }
    }
}

#[test]
fn what_repeats_is_a_component() {
    let document = document();
    let mut headers: BTreeMap<String, usize> = BTreeMap::new();
    let mut problems = 0;
    for (method, path, operation) in operations() {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let is_problem = status.starts_with(['4', '5']);
            let is_component = response.get("$ref").is_some();
            assert_eq!(is_component, is_problem, "{method} {path} {status}");
            problems += usize::from(is_problem);
            let own = resolve(&document, response)["headers"].as_object().unwrap().values();
            for header in own.filter(|header| header.get("$ref").is_none()) {
                *headers.entry(header.to_string()).or_default() += 1;
            }
        }
    }
    assert!(problems > 5 * document["components"]["responses"].as_object().unwrap().len());
    assert!(headers.values().all(|count| *count == 1), "{headers:?}");
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|value| references(value, found));
            }
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20, "{found:?}");
    for reference in found {
        let target = document.pointer(reference.trim_start_matches('#'));
        assert!(target.is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_example_is_valid() {
    let document = document();
    let bodies: Vec<String> = operations()
        .iter()
        .filter_map(|(_, _, operation)| {
            let media = operation.pointer("/requestBody/content/application~1json")?;
            media.get("examples")?;
            Some(media.pointer("/schema/$ref")?.as_str()?.to_owned())
        })
        .collect();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let Some(example) = schema.get("example") else {
            // An enum lists its values, the example of a problem contains an error, and the
            // named examples of a request body (see examples.rs) are in its operation.
            let shown = schema.get("enum").is_some()
                || name == "FieldError"
                || bodies.contains(&format!("#/components/schemas/{name}"));
            assert!(shown, "{name} has no example");
            continue;
        };
        let reference = format!("#/components/schemas/{name}");
        // The validator does not know `nullable` of OpenAPI 3.0, so it reads the 3.1 form.
        let form = document_31();
        let rules = json!({ "$ref": reference, "components": form["components"] });
        let validator = jsonschema::validator_for(&rules).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(example).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn no_operation_that_reads_takes_a_body() {
    for (method, path, operation) in operations() {
        if method == Method::GET {
            assert!(operation.get("requestBody").is_none(), "{path}");
        }
    }
}

#[apply(every_database)]
async fn every_operation_but_the_public_ones_refuses_a_missing_token(app: TestApp) {
    const PUBLIC: [&str; 12] = [
        "signUp",
        "logIn",
        "restore",
        "logInWithCookie",
        "restoreWithCookie",
        "checkOneTimeToken",
        "getErasure",
        "refuseEmailVerification",
        "requestPasswordReset",
        "resetPassword",
        "getLiveness",
        "getReadiness",
    ];
    for (method, path, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap();
        let is_public = operation["security"] == json!([]);
        assert_eq!(is_public, PUBLIC.contains(&id), "{id}");
        if !is_public {
            let reply = Reply::to(app.anonymous.request(method, &path)).await;
            reply.expect_problem(401, "missing_token");
        }
    }
}
