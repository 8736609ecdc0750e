//! `/me/avatar`: the picture of the user; `/avatars`: what others see of it.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use poem::web::Data;
use poem::{Request, Response, Route, get, handler};
use poem_openapi::OpenApi;

use super::auth::CurrentUser;
use super::body::Image;
use super::code::Code;
use super::conditional::IfNoneMatch;
use super::me::Updated;
use super::problem::{Answer, Problem, codes};
use super::{NoContent, Tag};
use crate::account::{self, Context};
use crate::value::avatar_file::AvatarFile;
use crate::value::public_url::PublicUrl;

/// Operations on the user's picture.
#[derive(Default)]
pub(crate) struct AvatarApi;

codes!(PutAvatarCodes: InvalidImage);

#[OpenApi(tag = "Tag::CurrentUser")]
impl AvatarApi {
    /// Upload picture
    ///
    /// Makes an image the user's profile picture: PNG, JPEG or WebP, at most 5 MiB
    /// and 8192 pixels a side, not animated; a progressive JPEG has at most 28 million
    /// pixels. (`image/png`, `image/jpeg` and `image/webp` are taken as well.) The largest
    /// square in its middle is scaled to 512 × 512 pixels; what else the file says, like
    /// where a photo was taken, is not kept. `avatarUrl` then is where everybody finds it.
    #[oai(path = "/me/avatar", method = "put", operation_id = "putAvatar")]
    async fn put(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        image: Image,
    ) -> Answer<Updated, PutAvatarCodes> {
        let profile = account::avatar::upload(&context, *me, image.bytes.clone()).await?;
        Ok(Updated::ok(&context, &profile))
    }

    /// Remove picture
    ///
    /// Removes the user's profile picture, whether it was uploaded or is a URL that
    /// the user named. What was uploaded is deleted.
    #[oai(path = "/me/avatar", method = "delete", operation_id = "deleteAvatar")]
    async fn delete(&self, context: Data<&Arc<Context>>, me: CurrentUser) -> Answer<NoContent> {
        account::avatar::delete(&context, *me).await?;
        Ok(NoContent::Done)
    }
}

/// Where pictures are.
const PATH: &str = "/avatars";

/// The URL of an uploaded picture.
pub(crate) fn url(public_url: &PublicUrl, file: &str) -> String {
    format!("{public_url}{PATH}/{file}")
}

/// Where everybody sees pictures. No operations: who has a URL needs no document.
pub(crate) fn routes(route: Route) -> Route {
    route.at(format!("{PATH}/:file"), get(avatar))
}

/// Another picture has another name.
const CACHING: &str = "public, max-age=31536000, immutable";

/// Even a browser that takes it for a page does nothing with it.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

#[handler]
async fn avatar(request: &Request, context: Data<&Arc<Context>>) -> poem::Result<Response> {
    let name = request.raw_path_param("file").unwrap_or_default();
    let file = AvatarFile::parse(name).ok_or(Problem::from(Code::NotFound))?;
    let bytes = account::avatar::read(&context, &file).await.map_err(Problem::from)?;
    let bytes = bytes.ok_or(Problem::from(Code::NotFound))?;
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
