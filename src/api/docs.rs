//! Pages for people: Swagger UI, the document, and the list of problems.

use std::fmt::Write as _;
use std::sync::Arc;

use poem::error::InternalServerError;
use poem::http::HeaderValue;
use poem::http::header::CONTENT_SECURITY_POLICY;
use poem::web::{Data, Path};
use poem::{Request, Response, Route, get, handler};
use poem_openapi::{ApiResponse, OpenApi};
use utoipa_swagger_ui::Config;

use super::asset::{Asset, gunzip};
use super::document::Document;
use super::problem::Problem;
use super::problem_catalogue::ProblemCode;

/// Swagger UI loads its own files only. It draws its icons from `data:` URLs, and adds one style
/// sheet, which the policy names by its hash. The browser test fails when another version of
/// Swagger UI adds another one.
const POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// The routes of all pages.
pub(crate) fn routes(route: Route) -> Route {
    route
        .at("/docs", get(swagger_ui))
        .at("/docs/problems", get(problems))
        .at("/docs/*path", get(swagger_ui_files))
        .at("/openapi.yaml", get(yaml))
        .at("/openapi.json", get(json))
        .at("/openapi-3.1.yaml", get(yaml_31))
}

/// `/`: redirects to Swagger UI. It is an operation because poem leaves the root to the operations
/// once they stand behind a wildcard, and it is hidden from the document.
#[derive(Default)]
pub(crate) struct RootApi;

#[derive(ApiResponse)]
enum Moved {
    /// The redirect to Swagger UI.
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
fn swagger_ui(request: &Request) -> poem::Result<Response> {
    swagger_ui_file(request, "")
}

#[handler]
fn swagger_ui_files(request: &Request, Path(path): Path<String>) -> poem::Result<Response> {
    swagger_ui_file(request, &path)
}

fn swagger_ui_file(request: &Request, path: &str) -> poem::Result<Response> {
    let config = Config::from("/openapi-3.1.yaml")
        .persist_authorization(true)
        .try_it_out_enabled(true)
        .display_request_duration(true)
        .display_operation_id(true)
        .filter(true);
    let Ok(Some(file)) = utoipa_swagger_ui::serve(path, Arc::new(config)) else {
        return Err(Problem::from(ProblemCode::NotFound).into());
    };
    let mut asset =
        Asset { media_type: &file.content_type, bytes: file.bytes, gzipped: file.gzpipped };
    if path.is_empty() {
        asset.bytes = page(&asset)?.into_bytes().into();
        asset.gzipped = false;
    }
    let mut reply = asset.reply(request).map_err(InternalServerError)?;
    reply.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(reply)
}

/// The page that loads the rest. It names its files relative to `/docs/`, but is served at `/docs`.
fn page(file: &Asset<'_>) -> poem::Result<String> {
    let html = match file.gzipped {
        true => gunzip(&file.bytes).map_err(InternalServerError)?,
        false => file.bytes.to_vec(),
    };
    Ok(String::from_utf8_lossy(&html)
        .replace("\"./", "\"/docs/")
        .replace("\"index.css\"", "\"/docs/index.css\""))
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

fn text(request: &Request, media_type: &str, text: &str) -> poem::Result<Response> {
    let asset = Asset { media_type, bytes: text.as_bytes().into(), gzipped: false };
    asset.reply(request).map_err(InternalServerError)
}

/// The page to which the `type` of a problem leads.
#[handler]
fn problems(request: &Request) -> poem::Result<Response> {
    let mut page = String::from(concat!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">",
        "<meta name=\"viewport\" content=\"width=device-width\">",
        "<title>Problems</title><h1>Problems</h1>",
        "<p>The meaning of each <code>code</code> of a problem (RFC 9457).</p><dl>",
    ));
    for code in ProblemCode::ALL {
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
    text(request, "text/html; charset=utf-8", &page)
}
