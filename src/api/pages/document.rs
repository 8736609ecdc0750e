//! The document, in the forms in which it is served.

use std::sync::Arc;

use poem::web::Data;
use poem::{Request, Response, Route, get, handler};

use super::asset::text;
use crate::api::contract::document::Document;

/// The routes of the document.
pub(super) fn routes(route: Route) -> Route {
    route
        .at("/openapi.yaml", get(yaml))
        .at("/openapi.json", get(json))
        .at("/openapi-3.1.yaml", get(yaml_31))
}

#[handler]
fn yaml(request: &Request, document: Data<&Arc<Document>>) -> poem::Result<Response> {
    text(request, "application/yaml", &document.yaml)
}

#[handler]
fn json(request: &Request, document: Data<&Arc<Document>>) -> poem::Result<Response> {
    text(request, "application/json", &document.json)
}

#[handler]
fn yaml_31(request: &Request, document: Data<&Arc<Document>>) -> poem::Result<Response> {
    text(request, "application/yaml", &document.yaml_31)
}
