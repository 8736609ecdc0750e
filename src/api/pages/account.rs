//! `/account`: the account page, which is for people. It uses the same operations as any other
//! client.

use include_dir::{Dir, include_dir};
use poem::{Request, Response, Route, get, handler};

use crate::api::contract::{Problem, ProblemCode};
use crate::api::pages::asset::Asset;

/// The path of the page.
pub const PATH: &str = "/account";

/// The files of the page, compiled into the program.
static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/account_page");

/// The page loads its own files, uploaded avatars, and images that are not uploaded yet (`blob:`).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; \
    frame-ancestors 'none'";

/// The page and its files.
pub(crate) fn routes(route: Route) -> Route {
    route.at(PATH, get(page)).at(format!("{PATH}/:file"), get(part))
}

#[handler]
fn page(request: &Request) -> poem::Result<Response> {
    reply(request, "index.html")
}

#[handler]
fn part(request: &Request) -> poem::Result<Response> {
    reply(request, request.raw_path_param("file").unwrap_or_default())
}

fn reply(request: &Request, name: &str) -> poem::Result<Response> {
    let file = FILES.get_file(name).ok_or(Problem::from(ProblemCode::NotFound))?;
    let bytes = file.contents().into();
    let asset = Asset { media_type: media_type(name), bytes, gzipped: false };
    asset.page(request, POLICY)
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "html")) => "text/html; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
