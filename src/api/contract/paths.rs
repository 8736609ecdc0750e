//! The methods and query parameters of each path, read from the document.

use std::collections::HashMap;

use poem::Request;
use poem::http::{HeaderValue, Method};
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::api::contract::reference::resolve;

/// The paths of the document.
#[derive(Debug)]
pub(crate) struct Paths {
    /// The paths without parameters.
    fixed: HashMap<String, Path>,
    /// The paths with parameters.
    templates: Vec<Path>,
}

/// A path of the document.
#[derive(Debug)]
pub(crate) struct Path {
    template: String,
    operations: Vec<Operation>,
}

#[derive(Debug)]
struct Operation {
    method: String,
    /// The names of its query parameters.
    query: Vec<String>,
}

impl Paths {
    /// Reads the paths of `document`.
    pub(crate) fn new(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let paths = paths.map(|(template, path)| Path::new(document, template, path));
        let (templates, fixed) = paths.partition(|path: &Path| path.template.contains('{'));
        let fixed: Vec<Path> = fixed;
        Self {
            fixed: fixed.into_iter().map(|path| (path.template.clone(), path)).collect(),
            templates,
        }
    }

    /// The path of the document that matches the path of a request.
    pub(crate) fn find(&self, path: &str) -> Option<&Path> {
        let fixed = self.fixed.get(path);
        fixed.or_else(|| self.templates.iter().find(|one| matches(&one.template, path)))
    }
}

/// The value of `Allow` for a path that exists. A path that is not in the document is a page, which
/// supports only `GET`.
pub(crate) fn allowed(path: Option<&Path>) -> HeaderValue {
    let mut methods: Vec<&str> = match path {
        Some(path) => path.operations.iter().map(|one| one.method.as_str()).collect(),
        None => vec!["GET"],
    };
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
}

impl Path {
    fn new(document: &Value, template: &str, path: &Value) -> Self {
        let operations = path.as_object().into_iter().flat_map(Map::iter);
        let operations = operations.map(|(method, operation)| {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let parameters = parameters.map(|parameter| resolve(document, parameter));
            let query = parameters.filter(|parameter| parameter["in"] == "query");
            Operation {
                method: method.to_uppercase(),
                query: query.filter_map(|one| Some(one["name"].as_str()?.to_owned())).collect(),
            }
        });
        Self { template: template.to_owned(), operations: operations.collect() }
    }

    /// The template of the path: `/a/{b}`.
    pub(crate) fn template(&self) -> &str {
        &self.template
    }

    /// Whether the request has a query parameter that its operation does not have. The service
    /// refuses it, because a client would believe that an ignored parameter has an effect.
    pub(crate) fn has_unknown_parameter(&self, request: &Request) -> bool {
        let Some(query) = request.uri().query() else { return false };
        let method = match *request.method() {
            Method::HEAD => "GET",
            ref method => method.as_str(),
        };
        let operation = self.operations.iter().find(|one| one.method == method);
        operation.is_some_and(|operation| {
            form_urlencoded::parse(query.as_bytes())
                .any(|(name, _)| !operation.query.iter().any(|known| *known == name))
        })
    }
}

/// Whether `path` matches a path template like `/a/{b}`.
fn matches(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    template.split('/').all(|expected| {
        segments.next().is_some_and(|segment| expected.starts_with('{') || expected == segment)
    }) && segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths() -> Paths {
        Paths::new(&json!({ "paths": {
            "/me": { "get": {}, "patch": {} },
            "/me/sessions/{sessionId}": { "delete": {} },
            "/me/events": { "get": { "parameters": [
                { "$ref": "#/components/parameters/limit" },
                { "in": "header", "name": "If-None-Match" },
            ] } },
        }, "components": { "parameters": {
            "limit": { "in": "query", "name": "limit" },
        }}}))
    }

    #[test]
    fn allow_lists_the_methods_of_the_path() {
        let cases = [
            ("/me", "GET, PATCH, HEAD, OPTIONS"),
            ("/me/sessions/42", "DELETE, OPTIONS"),
            ("/docs/", "GET, HEAD, OPTIONS"),
        ];
        for (path, methods) in cases {
            assert_eq!(allowed(paths().find(path)), methods, "{path}");
        }
    }

    #[test]
    fn a_parameter_is_known_to_its_operation_only() {
        let cases = [
            (Method::GET, "/me/events?limit=5", false),
            (Method::HEAD, "/me/events?limit=5", false),
            (Method::GET, "/me/events?Limit=5", true),
            (Method::GET, "/me/events?If-None-Match=x", true),
            (Method::GET, "/me?limit=5", true),
            (Method::GET, "/me?", false),
            (Method::GET, "/docs?anything", false),
            (Method::POST, "/me?limit=5", false),
        ];
        for (method, uri, unknown) in cases {
            let request = Request::builder().method(method).uri_str(uri).finish();
            let paths = paths();
            let path = paths.find(request.uri().path());
            let is_unknown = path.is_some_and(|path| path.has_unknown_parameter(&request));
            assert_eq!(is_unknown, unknown, "{uri}");
        }
    }
}
