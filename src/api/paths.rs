//! What each path takes, read from the document.

use poem::Request;
use poem::http::{HeaderValue, Method};
use serde_json::{Map, Value};
use url::form_urlencoded;

/// The paths of the document.
#[derive(Debug)]
pub(crate) struct Paths(Vec<Path>);

#[derive(Debug)]
struct Path {
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
        Self(paths.map(|(template, path)| Path::new(template, path)).collect())
    }

    /// The value of `Allow` for a path that exists. What is not in the document
    /// is a page, to be read.
    pub(crate) fn allowed(&self, path: &str) -> HeaderValue {
        let mut methods: Vec<&str> = match self.find(path) {
            Some(found) => found.operations.iter().map(|one| one.method.as_str()).collect(),
            None => vec!["GET"],
        };
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
    }

    /// Whether the request has a query parameter that its operation does not
    /// know. Ignoring it would leave the caller in the belief that it counted.
    pub(crate) fn has_unknown_parameter(&self, request: &Request) -> bool {
        let method = match *request.method() {
            Method::HEAD => "GET",
            ref method => method.as_str(),
        };
        let operation = self
            .find(request.uri().path())
            .and_then(|path| path.operations.iter().find(|one| one.method == method));
        let query = request.uri().query().unwrap_or_default();
        operation.is_some_and(|operation| {
            form_urlencoded::parse(query.as_bytes())
                .any(|(name, _)| !operation.query.iter().any(|known| *known == name))
        })
    }

    /// The template of a path that the document knows.
    pub(crate) fn known(&self, path: &str) -> &str {
        self.find(path).map_or("(not an operation)", |found| &found.template)
    }

    fn find(&self, path: &str) -> Option<&Path> {
        self.0.iter().find(|one| matches(&one.template, path))
    }
}

impl Path {
    fn new(template: &str, path: &Value) -> Self {
        let operations = path.as_object().into_iter().flat_map(Map::iter);
        let operations = operations.map(|(method, operation)| {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let query = parameters.filter(|parameter| parameter["in"] == "query");
            Operation {
                method: method.to_uppercase(),
                query: query.filter_map(|one| Some(one["name"].as_str()?.to_owned())).collect(),
            }
        });
        Self { template: template.to_owned(), operations: operations.collect() }
    }
}

/// Whether `path` is an instance of a path template like `/a/{b}`.
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
                { "in": "query", "name": "limit" },
                { "in": "header", "name": "If-None-Match" },
            ] } },
        }}))
    }

    #[test]
    fn allow_lists_the_methods_of_the_path() {
        assert_eq!(paths().allowed("/me"), "GET, PATCH, HEAD, OPTIONS");
        assert_eq!(paths().allowed("/me/sessions/42"), "DELETE, OPTIONS");
        assert_eq!(paths().allowed("/docs/"), "GET, HEAD, OPTIONS");
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
            assert_eq!(paths().has_unknown_parameter(&request), unknown, "{uri}");
        }
    }
}
