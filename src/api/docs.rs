//! What people read: Swagger UI, the document, and what each problem means.

use std::fmt::Write as _;
use std::sync::Arc;

use poem::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use poem::web::{Data, Path};
use poem::{IntoResponse, Response, Route, get, handler};
use poem_openapi::{ApiResponse, OpenApi};
use utoipa_swagger_ui::Config;

use super::code::Code;
use super::document::Document;
use super::problem::Problem;

/// Swagger UI loads its own files only. It draws its icons from `data:` URLs
/// and sets styles of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// Everything that is read rather than called.
pub(crate) fn routes(route: Route) -> Route {
    route
        .at("/docs", get(swagger_ui))
        .at("/docs/problems", get(problems))
        .at("/docs/*path", get(swagger_ui))
        .at("/openapi.yaml", get(yaml))
        .at("/openapi.json", get(json))
        .at("/openapi-3.1.yaml", get(yaml_31))
}

/// `/`: leads to Swagger UI. An operation in code only, because poem leaves the
/// root to the operations once they stand behind a wildcard.
pub(crate) struct RootApi;

#[derive(ApiResponse)]
enum Moved {
    /// Read this.
    #[oai(status = 307)]
    To(#[oai(header = "Location")] String),
}

#[OpenApi]
impl RootApi {
    #[oai(path = "/", method = "get", hidden)]
    async fn root(&self) -> Moved {
        Moved::To("/docs".to_owned())
    }
}

#[handler]
fn swagger_ui(path: Option<Path<String>>) -> poem::Result<Response> {
    let path = path.map_or(String::new(), |Path(path)| path);
    let config = Config::from("/openapi-3.1.yaml")
        .persist_authorization(true)
        .try_it_out_enabled(true)
        .display_request_duration(true)
        .display_operation_id(true)
        .filter(true);
    let file = utoipa_swagger_ui::serve(&path, Arc::new(config));
    let Ok(Some(file)) = file else {
        return Err(Problem::from(Code::NotFound).into());
    };
    let bytes = match path.as_str() {
        // The page names its files as seen from `/docs/`, and stands at `/docs`.
        "" => String::from_utf8_lossy(&file.bytes)
            .replace("\"./", "\"/docs/")
            .replace("\"index.css\"", "\"/docs/index.css\"")
            .into_bytes(),
        _ => file.bytes.into_owned(),
    };
    Ok(bytes
        .with_content_type(file.content_type)
        .with_header(CONTENT_SECURITY_POLICY, POLICY)
        .with_header(CACHE_CONTROL, "no-cache")
        .into_response())
}

#[handler]
fn yaml(document: Data<&Arc<Document>>) -> impl IntoResponse + use<> {
    public(&document.yaml, "application/yaml")
}

#[handler]
fn json(document: Data<&Arc<Document>>) -> impl IntoResponse + use<> {
    public(&document.json, "application/json")
}

#[handler]
fn yaml_31(document: Data<&Arc<Document>>) -> impl IntoResponse + use<> {
    public(&document.yaml_31, "application/yaml")
}

fn public(text: &str, media_type: &'static str) -> impl IntoResponse + use<> {
    text.to_owned().with_content_type(media_type).with_header(CACHE_CONTROL, "no-cache")
}

/// Where the `type` of a problem leads.
#[handler]
fn problems() -> impl IntoResponse {
    let mut page = String::from(concat!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">",
        "<meta name=\"viewport\" content=\"width=device-width\">",
        "<title>Problems</title><h1>Problems</h1>",
        "<p>What the <code>code</code> of a problem (RFC 9457) means.</p><dl>",
    ));
    for code in Code::ALL {
        let entry = code.entry();
        let (name, status, title) = (entry.name, entry.status.as_u16(), entry.title);
        let detail = entry.detail.replace('<', "&lt;");
        // Writing to a String can't fail.
        let _ = write!(
            page,
            "<dt id=\"{name}\"><code>{name}</code> ({status}): {title}</dt><dd>{detail}</dd>"
        );
    }
    page.push_str("</dl></html>");
    page.with_content_type("text/html; charset=utf-8")
}
