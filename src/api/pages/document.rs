//! The document, in the forms in which it is served.

use std::sync::Arc;

use bytes::Bytes;
use poem::{Route, get};

use super::asset::Asset;
use crate::api::contract::document::Document;

/// One form of the document.
struct Form {
    document: Arc<Document>,
    text: fn(&Document) -> &str,
}

impl AsRef<[u8]> for Form {
    fn as_ref(&self) -> &[u8] {
        (self.text)(&self.document).as_bytes()
    }
}

/// The routes of the document.
pub(super) fn routes(route: Route, document: &Arc<Document>) -> Route {
    let form = |media_type, text| {
        let document = Arc::clone(document);
        get(Asset::new(media_type, Bytes::from_owner(Form { document, text })))
    };
    route
        .at("/openapi.yaml", form("application/yaml", |document| &document.yaml))
        .at("/openapi.json", form("application/json", |document| &document.json))
        .at("/openapi-3.1.yaml", form("application/yaml", |document| &document.yaml_31))
}
