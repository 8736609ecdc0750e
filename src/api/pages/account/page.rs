//! The document of the account page.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use poem::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use poem::{Endpoint, Request, Response};

use super::reader::{Reader, reader_of};
use crate::api::contract::{Problem, ProblemCode};
use crate::api::extract::{ApiContext, data};
use crate::api::pages::accept::accepts;
use crate::api::pages::asset::gzip;
use crate::api::pages::error::PageError;
use crate::language;

/// Other pages of this origin, such as Swagger UI, are not as trusted as this one. They have no
/// such header, so the browser gives them no reference to the window of the account page: not when
/// they open it, and not when it is opened in place of one of them.
const OPENER_POLICY: (&str, &str) = ("Cross-Origin-Opener-Policy", "same-origin");

/// The place of the session in the template.
pub(in crate::api::pages) const SESSION: &str = "(session)";

/// The document in one language, in two parts. The session stands between them.
pub(super) struct Template {
    head: String,
    tail: String,
}

impl Template {
    pub(super) fn new(html: &str) -> Result<Self, PageError> {
        // The name of the service, which is also there, can't contain this quote.
        let element = "id=\"session\">";
        let parts = html.split_once(&format!("{element}{SESSION}"));
        let (head, tail) = parts.ok_or_else(|| {
            PageError::File("index.html".to_owned(), "it has no place for the session".to_owned())
        })?;
        Ok(Self { head: format!("{head}{element}"), tail: tail.to_owned() })
    }

    /// The document for a reader. `<` is written as an escape, so that no text of a user ends the
    /// element.
    fn render(&self, reader: &Reader) -> String {
        let session = match reader {
            Reader::Guest => r#"{"user":null}"#.to_owned(),
            Reader::Unknown => "{}".to_owned(),
            Reader::Member(user) => {
                let json = String::from_utf8_lossy(&user.json);
                let tag = serde_json::Value::from(user.tag.as_str());
                format!(r#"{{"user":{},"etag":{tag}}}"#, json.trim_end()).replace('<', "\\u003c")
            }
        };
        [&*self.head, &*session, &*self.tail].concat()
    }
}

/// The page in all languages.
pub(super) struct Page {
    pub(super) templates: BTreeMap<&'static str, Template>,
    /// The content security policy.
    pub(super) policy: String,
}

impl Endpoint for Page {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let context = data::<Arc<ApiContext>>(&request)?;
        let (reader, tag) = reader_of(&request, context).await;
        let template = self.templates.get(tag).or_else(|| self.templates.get(language::DEFAULT));
        let template = template.ok_or(Problem::from(ProblemCode::InternalError))?;
        let html = Bytes::from(template.render(&reader));
        let (name, value) = OPENER_POLICY;
        let reply = Response::builder()
            .header(CONTENT_TYPE, "text/html; charset=utf-8")
            .header(CONTENT_SECURITY_POLICY, &self.policy)
            .header(name, value)
            .header(VARY, "Cookie, Accept-Language, Accept-Encoding");
        // The page has no secret, so compressing it together with texts of the user reveals none.
        if accepts(&request, ACCEPT_ENCODING, "gzip")
            && let Ok(gzip) = gzip(&html)
        {
            return Ok(reply.header(CONTENT_ENCODING, "gzip").body(gzip));
        }
        Ok(reply.body(html))
    }
}
