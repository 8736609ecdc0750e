//! `/me/avatar`: uploading and removing the avatar of the user.

use poem_openapi::OpenApi;

use crate::account;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, CurrentUser, ImageBody};
use crate::api::schema::{NoContent, Updated};

/// Operations on the user's avatar.
#[derive(Default)]
pub(crate) struct AvatarApi;

codes!(PutAvatarCodes: InvalidImage);

#[OpenApi(tag = "Tag::CurrentUser")]
impl AvatarApi {
    /// Upload avatar
    ///
    /// Sets the user's avatar to the image in the body: a PNG, JPEG or WebP of at most 5 MiB and
    /// 8192 pixels a side, not animated. A progressive JPEG may have at most 28 million pixels. The
    /// body may also be sent as `image/png`, `image/jpeg` or `image/webp`. The largest square in
    /// the middle is scaled to 512 × 512 pixels. Metadata, such as the location of a photo, is
    /// dropped. Everybody can see the avatar at `avatarUrl`.
    #[oai(path = "/me/avatar", method = "put", operation_id = "putAvatar")]
    async fn put(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        image: ImageBody,
    ) -> ApiResult<Updated, PutAvatarCodes> {
        let image = image.read(me.user_id).await?;
        let profile = account::avatar::upload(context, *me, image.bytes.clone()).await?;
        Ok(Updated::ok(context, &profile))
    }

    /// Remove avatar
    ///
    /// Removes the user's avatar, whether it was uploaded or linked to. An uploaded image is
    /// deleted.
    #[oai(path = "/me/avatar", method = "delete", operation_id = "deleteAvatar")]
    async fn delete(&self, context: &ApiContext, me: CurrentUser) -> ApiResult<NoContent> {
        account::avatar::delete(context, *me).await?;
        Ok(NoContent::Done)
    }
}
