//! Swagger UI.

use std::sync::Arc;

use poem::error::InternalServerError;
use poem::web::Path;
use poem::{Request, Response, Route, get, handler};
use utoipa_swagger_ui::Config;

use super::asset::{Asset, gunzip};
use crate::api::contract::{Problem, ProblemCode};

/// Swagger UI loads its own files only. It draws its icons from `data:` URLs, and adds one style
/// sheet, which the policy names by its hash. The browser test fails when another version of
/// Swagger UI adds another one.
const POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// The routes of Swagger UI.
pub(crate) fn routes(route: Route) -> Route {
    route.at("/docs", get(swagger_ui)).at("/docs/*path", get(swagger_ui_files))
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
    asset.page(request, POLICY)
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
