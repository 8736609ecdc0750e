//! `/me/avatar`: the avatar of the user; `/avatars`: where everybody sees it.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use poem::web::Data;
use poem::{Request, Response, Route, get, handler};
use poem_openapi::OpenApi;

use super::auth::CurrentUser;
use super::body::Image;
use super::conditional::IfNoneMatch;
use super::me::Updated;
use super::problem::{ApiResult, Problem, codes};
use super::problem_catalogue::ProblemCode;
use super::{NoContent, Tag};
use crate::account::{self, Context};
use crate::value::{AvatarFile, PublicUrl};

/// Operations on the user's avatar.
#[derive(Default)]
pub(crate) struct AvatarApi;

codes!(PutAvatarCodes: InvalidImage);

#[OpenApi(tag = "Tag::CurrentUser")]
impl AvatarApi {
    /// Upload avatar
    ///
    /// Makes an image the user's avatar. The image is a PNG, JPEG or WebP of at most 5 MiB and 8192
    /// pixels a side, and not animated. A progressive JPEG has at most 28 million pixels. It may be
    /// sent as `image/png`, `image/jpeg` or `image/webp` as well. The largest square in the middle
    /// is scaled to 512 × 512 pixels. Metadata, such as the place of a photo, is dropped. Everybody
    /// can see the avatar at `avatarUrl`.
    #[oai(path = "/me/avatar", method = "put", operation_id = "putAvatar")]
    async fn put(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        image: Image,
    ) -> ApiResult<Updated, PutAvatarCodes> {
        let profile = account::avatar::upload(&context, *me, image.bytes.clone()).await?;
        Ok(Updated::ok(&context, &profile))
    }

    /// Remove avatar
    ///
    /// Removes the user's avatar, which the user uploaded or linked to. An uploaded image is
    /// deleted.
    #[oai(path = "/me/avatar", method = "delete", operation_id = "deleteAvatar")]
    async fn delete(&self, context: Data<&Arc<Context>>, me: CurrentUser) -> ApiResult<NoContent> {
        account::avatar::delete(&context, *me).await?;
        Ok(NoContent::Done)
    }
}

/// The path of all avatars.
const PATH: &str = "/avatars";

/// The URL of an uploaded avatar.
pub(crate) fn url(public_url: &PublicUrl, file: &str) -> String {
    format!("{public_url}{PATH}/{file}")
}

/// The route at which everybody sees avatars. It is no operation: a client that has a URL needs
/// no document.
pub(crate) fn routes(route: Route) -> Route {
    route.at(format!("{PATH}/:file"), get(avatar))
}

/// Another avatar has another name.
const CACHING: &str = "public, max-age=31536000, immutable";

/// Even a browser that takes it for a page does nothing with it.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

#[handler]
async fn avatar(request: &Request, context: Data<&Arc<Context>>) -> poem::Result<Response> {
    let name = request.raw_path_param("file").unwrap_or_default();
    let file = AvatarFile::parse(name).ok_or(Problem::from(ProblemCode::NotFound))?;
    let bytes = account::avatar::read(&context, &file).await.map_err(Problem::from)?;
    let bytes = bytes.ok_or(Problem::from(ProblemCode::NotFound))?;
    let tag = format!("\"{name}\"");
    let reply = Response::builder()
        .header(ETAG, &tag)
        .header(CACHE_CONTROL, CACHING)
        .header(CONTENT_SECURITY_POLICY, POLICY);
    if IfNoneMatch::of(request).is_ok_and(|condition| condition.has(&tag)) {
        return Ok(reply.status(StatusCode::NOT_MODIFIED).finish());
    }
    Ok(reply.header(CONTENT_TYPE, file.format().media_type()).body(bytes))
}
