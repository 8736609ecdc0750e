//! Checks that every reply is as the document says.

mod seen;
mod validate;

use std::sync::LazyLock;

use reqwest::Method;
use reqwest::header::CONTENT_LENGTH;
use serde_json::{Value, json};

use self::validate::validate;
use super::operations::{document_31, resolve};
use super::reply::Reply;

/// The document as OpenAPI 3.1, whose schemas a JSON Schema validator can read.
static DOCUMENT: LazyLock<Value> = LazyLock::new(document_31);

/// Checks a reply to a request. Panics if it is not as the document says.
#[track_caller]
pub(super) fn check(method: &Method, path: &str, reply: &Reply) {
    check_end(method, reply);
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
        panic!("{id} replied {status}, which is not in the document: {}", reply.text)
    });
    let response = resolve(&DOCUMENT, response);
    seen::note(id, status);
    check_headers(id, response, reply);
    check_body(id, method, response, reply);
}

/// Checks that JSON ends with a newline, and that its length is right.
#[track_caller]
fn check_end(method: &Method, reply: &Reply) {
    let media_type = reply.header("content-type");
    if method != Method::HEAD && media_type.contains("json") {
        assert!(!media_type.contains(';'), "JSON has no charset: {media_type}");
        let json = reply.text.strip_suffix('\n');
        assert!(json.is_some_and(|json| json.ends_with(['}', ']'])), "{:?}", reply.text);
        let length = reply.headers.get(CONTENT_LENGTH);
        // The export has none: it is sent while it is made.
        assert!(length.is_none_or(|length| *length == reply.text.len().to_string()));
    }
}

/// Checks a reply to a request that reached no operation: a page, or a problem.
#[track_caller]
fn check_outside(reply: &Reply) {
    if reply.status.is_client_error() || reply.status.is_server_error() {
        assert_eq!(reply.header("content-type"), "application/problem+json");
        validate("a problem", &json!({ "$ref": "#/components/schemas/Problem" }), &reply.json());
    }
}

/// The path template of the document that a path matches.
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

/// The documented headers that may be missing from a reply.
const OPTIONAL: [&str; 4] =
    ["Accept-Encoding", "Access-Control-Allow-Origin", "RateLimit", "RateLimit-Policy"];

#[track_caller]
fn check_headers(id: &str, response: &Value, reply: &Reply) {
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let header = resolve(&DOCUMENT, header);
        let value = match reply.headers.get(name) {
            Some(value) => value.to_str().unwrap(),
            None if OPTIONAL.contains(&name.as_str()) => continue,
            // Only a request with a cookie has one to end.
            None if id == "logOut" && name == "Set-Cookie" => continue,
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
