//! Which methods a path takes, read from the document.

use poem::http::HeaderValue;
use serde_json::Value;

/// The methods of every path of the document.
#[derive(Debug)]
pub(crate) struct Methods(Vec<(String, String)>);

impl Methods {
    /// Reads the paths of `document`.
    pub(crate) fn new(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let methods = paths.map(|(template, path)| {
            let operations = path.as_object().into_iter().flatten();
            let mut methods: Vec<String> =
                operations.map(|(name, _)| name.to_uppercase()).collect();
            if methods.iter().any(|method| method == "GET") {
                methods.push("HEAD".to_owned());
            }
            (template.clone(), methods.join(", "))
        });
        Self(methods.collect())
    }

    /// The value of `Allow` for a path that exists. What is not in the document
    /// is a page, to be read.
    pub(crate) fn allowed(&self, path: &str) -> HeaderValue {
        let found = self.0.iter().find(|(template, _)| matches(template, path));
        found
            .and_then(|(_, methods)| HeaderValue::from_str(methods).ok())
            .unwrap_or(HeaderValue::from_static("GET, HEAD"))
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

    #[test]
    fn allow_lists_the_methods_of_the_path() {
        let document = json!({ "paths": {
            "/me": { "get": {}, "patch": {} },
            "/me/sessions/{sessionId}": { "delete": {} },
        }});
        let methods = Methods::new(&document);
        assert_eq!(methods.allowed("/me"), "GET, PATCH, HEAD");
        assert_eq!(methods.allowed("/me/sessions/42"), "DELETE");
        assert_eq!(methods.allowed("/docs/"), "GET, HEAD");
    }
}
