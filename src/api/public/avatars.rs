//! `/avatars`: uploaded avatars, which everybody can see.

use futures_util::TryStreamExt as _;
use poem::http::StatusCode;
use poem::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
};
use poem::{Body, Request, Response, Route, get, handler};

use crate::account;
use crate::api::contract::{Problem, ProblemCode};
use crate::api::extract::{ApiContext, IfNoneMatch};
use crate::api::schema::AVATARS;
use crate::value::AvatarFile;

/// The route of avatars. It is not an operation, because a client that has a URL needs no
/// document.
pub(crate) fn route(route: Route) -> Route {
    route.at(format!("{AVATARS}/:file"), get(avatar))
}

/// A file never changes: another avatar has another name.
const CACHING: &str = "public, max-age=31536000, immutable";

/// A browser that takes a file for a page must not run anything in it.
const POLICY: &str = "default-src 'none'; sandbox; base-uri 'none'; frame-ancestors 'none'";

#[handler]
async fn avatar(request: &Request, context: &ApiContext) -> poem::Result<Response> {
    let name = request.raw_path_param("file").unwrap_or_default();
    let file = AvatarFile::parse(name).ok_or(Problem::from(ProblemCode::NotFound))?;
    let image = account::avatar::read(context, &file).await.map_err(Problem::from)?;
    let image = image.ok_or(Problem::from(ProblemCode::NotFound))?;
    let tag = format!("\"{name}\"");
    let reply = Response::builder()
        .header(ETAG, &tag)
        .header(CACHE_CONTROL, CACHING)
        .header(CONTENT_SECURITY_POLICY, POLICY);
    if IfNoneMatch::of(request).is_ok_and(|condition| condition.has(&tag)) {
        return Ok(reply.status(StatusCode::NOT_MODIFIED).finish());
    }
    Ok(reply
        .header(CONTENT_TYPE, file.format().media_type())
        .header(CONTENT_LENGTH, image.size())
        .body(Body::from_bytes_stream(image.pieces().map_err(std::io::Error::other))))
}
