//! `/`: the front page, and links for programs.

use poem::error::MethodNotAllowedError;
use poem::http::header::{ACCEPT, VARY};
use poem::http::{HeaderValue, Method};
use poem::{Endpoint, Request, Response};
use serde_json::json;

use super::accept::accepts;
use super::asset::Asset;
use super::error::PageError;
use super::site::Site;

/// Replies at `/` with the page, or with links where the client asks for JSON. All other requests
/// go to `others`: poem routes the root to the operations if they are behind a wildcard.
pub(crate) struct Front<E> {
    page: Asset,
    links: Asset,
    others: E,
}

impl<E> Front<E> {
    pub(crate) fn new(site: &Site, others: E) -> Result<Self, PageError> {
        let link = |path: &str| format!("{}{path}", site.url);
        let mut links = json!({
            "account": link("/account"),
            "document": link("/openapi.yaml"),
            "me": link("/me"),
            "problems": link("/docs/problems"),
        });
        if let (true, Some(links)) = (site.docs, links.as_object_mut()) {
            links.insert("docs".to_owned(), link("/docs").into());
        }
        let links = Asset::new("application/json", format!("{links}\n").into());
        Ok(Self { page: site.front()?, links, others })
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Front<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if request.uri().path() != "/" {
            return self.others.call(request).await;
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(MethodNotAllowedError.into());
        }
        let mut reply = match accepts(&request, ACCEPT, "application/json")
            && !accepts(&request, ACCEPT, "text/html")
        {
            true => self.links.call(request).await?,
            false => self.page.call(request).await?,
        };
        reply.headers_mut().append(VARY, HeaderValue::from_static("accept"));
        Ok(reply)
    }
}
