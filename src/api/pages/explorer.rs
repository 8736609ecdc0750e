//! `/docs`: Swagger UI, with the parts that this service adds to it, and how to generate a client.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use include_dir::{Dir, include_dir};
use poem::{Route, get};
use utoipa_swagger_ui::{Config, SwaggerFile};

use super::asset::{Asset, Assets, file_type};
use super::error::PageError;
use super::site::Site;

/// Swagger UI loads its own files only. It draws its icons from `data:` URLs, and adds one style
/// sheet, which the policy names by its hash. The browser test fails when another version of
/// Swagger UI adds another one.
const POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'none'; \
    form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The files of Swagger UI that the page loads. It has others for pages of other kinds.
const SWAGGER_UI: [&str; 2] = ["swagger-ui-bundle.js", "swagger-ui.css"];

/// The parts that this service adds, compiled into the program.
static PARTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/explorer");

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let config = Arc::new(Config::default());
    let of_swagger_ui = SWAGGER_UI.into_iter().filter_map(|name| {
        let file = utoipa_swagger_ui::serve(name, Arc::clone(&config)).ok().flatten()?;
        Some((name, asset(file)))
    });
    let parts = PARTS.files().filter_map(|file| {
        let name = file.path().to_str()?;
        Some((name, Asset::new(file_type(name), Bytes::from_static(file.contents()))))
    });
    // The account page builds its elements in the same way.
    let dom = include_bytes!("../../account_page/dom.js");
    let dom = ("dom.js", Asset::new(file_type("dom.js"), Bytes::from_static(dom)));
    let assets = of_swagger_ui.chain(parts).chain([dom]);
    Assets(assets.map(|(name, asset)| (name.to_owned(), asset.with_policy(POLICY))).collect())
});

/// The routes of the pages.
pub(super) fn routes(route: Route, site: &Site) -> Result<Route, PageError> {
    let html = site.explorer()?;
    let page = || Asset::new("text/html; charset=utf-8", html.clone()).with_policy(POLICY);
    Ok(route
        .at("/docs", get(page()))
        .at("/docs/", get(page()))
        .at("/docs/clients", get(site.clients()?))
        .at("/docs/:file", get(&*ASSETS)))
}

fn asset(file: SwaggerFile<'static>) -> Asset {
    let bytes = match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    let mut media_type = file.content_type;
    if media_type.starts_with("text/") {
        media_type.push_str("; charset=utf-8");
    }
    match file.gzpipped {
        true => Asset::gzipped(&media_type, bytes),
        false => Asset::new(&media_type, bytes),
    }
}
