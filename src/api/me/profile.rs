//! `/me`: the profile of the user who is logged in.

use poem::Request;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::account::leaving;
use crate::account::profile::{self, Patch, Precondition, ProfilePatch};
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, CurrentProfile, CurrentUser, IfMatch, IfNoneMatch, Valid};
use crate::api::middleware::me_cache;
use crate::api::public::erasures::receipt_path;
use crate::api::schema::{Me, Representation, Updated};
use crate::value::{AvatarUrl, Bio, Locale, Name, Timezone};

/// Operations on the current user.
#[derive(Default)]
pub(crate) struct MeApi;

#[derive(ApiResponse)]
enum Deleted {
    /// The account is deleted, and all of its sessions have ended. The erasure is scheduled.
    #[oai(status = 202)]
    Accepted(
        /// The path of the erasure receipt.
        #[oai(header = "Location")]
        String,
    ),
}

/// A JSON merge patch (RFC 7396). An absent property stays as it is, `null` clears a
/// property, and any other value sets it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct UpdateMe {
    /// The display name of the user. It has 1 to 256 characters after trimming, at least one of
    /// them visible, and can't be cleared.
    name: Option<Name>,
    /// The user's description of themselves. It has up to 4,096 characters. A line break counts as
    /// one, and is stored as `\n`. `null` clears it.
    #[oai(nullable)]
    bio: MaybeUndefined<Bio>,
    /// The URL of the user's avatar: absolute, with `https`, without user name and password. The
    /// service never fetches it. It replaces an uploaded avatar. `null` removes the avatar, even an
    /// uploaded one.
    #[oai(nullable)]
    avatar_url: MaybeUndefined<AvatarUrl>,
    /// The user's locale: a BCP 47 tag whose subtags exist, or one of private use (`x-…`). It is
    /// stored in canonical form, so that `EN-gb` becomes `en-GB`. `null` clears it.
    #[oai(nullable)]
    locale: MaybeUndefined<Locale>,
    /// The user's time zone: an IANA name in any case. It is stored in the registered spelling.
    /// `null` clears it.
    #[oai(nullable)]
    timezone: MaybeUndefined<Timezone>,
}

impl From<UpdateMe> for ProfilePatch {
    fn from(body: UpdateMe) -> Self {
        let UpdateMe { name, bio, avatar_url, locale, timezone } = body;
        Self {
            name,
            bio: patch(bio),
            avatar_url: patch(avatar_url),
            locale: patch(locale),
            timezone: patch(timezone),
        }
    }
}

fn patch<T>(property: MaybeUndefined<T>) -> Patch<T> {
    match property {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value),
    }
}

codes!(ChangeCodes: PreconditionFailed);
codes!(DeleteCodes: PreconditionFailed, ReauthenticationRequired);

/// The precondition that `If-Match` sets on a change of the profile.
fn precondition(context: &ApiContext, if_match: IfMatch) -> Option<Precondition> {
    let holds = if_match.passes()?;
    let public_url = context.public_url.clone();
    Some(Box::new(move |profile| holds(&Representation::of(&public_url, profile).tag)))
}

#[OpenApi(tag = "Tag::CurrentUser")]
impl MeApi {
    /// Get profile
    ///
    /// Returns the profile of the user to whom the token was issued. Send the entity tag of an
    /// earlier reply as `If-None-Match` to get 304 while nothing has changed.
    #[oai(path = "/me", method = "get", operation_id = "getMe")]
    async fn get_me(
        &self,
        request: &Request,
        context: &ApiContext,
        me: CurrentProfile,
        /// The entity tags of the representations that the client has. The reply is 304 if one of
        /// them is current.
        #[oai(name = "If-None-Match")]
        if_none_match: IfNoneMatch,
    ) -> ApiResult<Me> {
        let CurrentProfile { reading, by_cookie } = me;
        let user = Representation::of(&context.public_url, &reading.profile);
        me_cache::keep(request, &user, &reading);
        Ok(match if_none_match.has(&user.tag) {
            true => Me::not_modified(&user, by_cookie),
            false => Me::ok(user, by_cookie),
        })
    }

    /// Update profile
    ///
    /// Changes the properties in the body and keeps the others. The body is a JSON merge patch
    /// (RFC 7396), and may be sent as `application/merge-patch+json` as well. If any property is
    /// invalid, nothing is stored, and the reply lists all errors. `{}` changes nothing, not even
    /// `updatedAt`.
    #[oai(path = "/me", method = "patch", operation_id = "updateMe")]
    async fn update_me(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        /// The entity tags that the change may be based on. The reply is 412 if none of them is
        /// current.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        Valid(patch): Valid<UpdateMe>,
    ) -> ApiResult<Updated, ChangeCodes> {
        let profile =
            profile::update(context, *me, precondition(context, if_match), patch.into()).await?;
        Ok(Updated::ok(context, &profile))
    }

    /// Delete profile
    ///
    /// Deletes the account. From the next request on, none of the user's tokens works. A mailed
    /// notice names the deadline, by default in 30 days. Until then the account can be restored,
    /// and its email addresses stay taken. After the deadline, all data about the user is erased. If
    /// the service allows no time for restoring, the session must have proved the password recently.
    #[oai(path = "/me", method = "delete", operation_id = "deleteMe")]
    async fn delete_me(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        /// The entity tags that the change may be based on. The reply is 412 if none of them is
        /// current.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> ApiResult<Deleted, DeleteCodes> {
        let receipt_id = leaving::delete(context, *me, precondition(context, if_match)).await?;
        Ok(Deleted::Accepted(receipt_path(receipt_id)))
    }
}
