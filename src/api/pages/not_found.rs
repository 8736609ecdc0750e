//! The page for a browser that asks for something that does not exist.

use bytes::Bytes;
use poem::Response;
use poem::http::StatusCode;
use poem::http::header::CONTENT_SECURITY_POLICY;

use super::error::PageError;
use super::site::{POLICY, Site};

/// The page.
pub(crate) struct NotFoundPage(Bytes);

impl NotFoundPage {
    pub(crate) fn new(site: &Site) -> Result<Self, PageError> {
        site.not_found().map(Self)
    }

    pub(crate) fn reply(&self) -> Response {
        Response::builder()
            .status(StatusCode::NOT_FOUND)
            .content_type("text/html; charset=utf-8")
            .header(CONTENT_SECURITY_POLICY, POLICY)
            .body(self.0.clone())
    }
}
