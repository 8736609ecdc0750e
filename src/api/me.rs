//! `/me`: the profile of the user who is logged in.

use std::sync::Arc;

use poem::Request;
use poem::web::Data;
use poem_openapi::types::{Example, MaybeUndefined};
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use super::auth::{CurrentProfile, CurrentUser};
use super::body::Valid;
use super::cache;
use super::conditional::{IfMatch, IfNoneMatch};
use super::erasures::receipt_path;
use super::problem::{Answer, codes};
use super::user::Representation;
use crate::account::profile::{self, Patch, Precondition, ProfilePatch};
use crate::account::{Context, leaving};
use crate::store::Profile;
use crate::value::avatar_url::AvatarUrl;
use crate::value::bio::Bio;
use crate::value::locale::Locale;
use crate::value::name::Name;
use crate::value::text_value::TextValue as _;
use crate::value::timezone::Timezone;

/// Operations on the current user.
#[derive(Default)]
pub(crate) struct MeApi;

/// Where the user is.
pub(crate) const PATH: &str = "/me";

/// What a client may do with a user: keep it for itself, and ask each time
/// whether it still stands.
const CACHING: &str = "private, no-cache";

#[derive(ApiResponse)]
pub(crate) enum Me {
    /// The user.
    #[oai(status = 200)]
    Ok(
        Representation,
        /// Stands for exactly this representation.
        #[oai(header = "ETag")]
        String,
        /// To be kept by the client alone, and revalidated each time.
        #[oai(header = "Cache-Control")]
        String,
    ),
    /// The client has this representation already.
    #[oai(status = 304)]
    NotModified(
        /// Stands for the representation that the client has.
        #[oai(header = "ETag")]
        String,
        /// To be kept by the client alone, and revalidated each time.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

#[derive(ApiResponse)]
pub(crate) enum Updated {
    /// The user as they are now.
    #[oai(status = 200)]
    Ok(
        Representation,
        /// Stands for exactly this representation.
        #[oai(header = "ETag")]
        String,
    ),
}

#[derive(ApiResponse)]
enum Deleted {
    /// Accepted: the user is logged out everywhere, the account is closed.
    #[oai(status = 202)]
    Accepted(
        /// Where it can be seen what becomes of the account.
        #[oai(header = "Location")]
        String,
    ),
}

/// A merge patch (RFC 7396): what is absent stays, what is `null` is removed,
/// anything else is set.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", example)]
struct UpdateMe {
    /// The display name of the user: 1 to 256 characters after trimming. Can't
    /// be removed.
    name: Option<Name>,
    /// The user's description of themselves.
    #[oai(nullable)]
    bio: MaybeUndefined<Bio>,
    /// URL of the user's profile picture: absolute, `https`, no user name or
    /// password. It is stored, never fetched. It takes the place of a picture that was
    /// uploaded, and `null` removes either.
    #[oai(nullable)]
    avatar_url: MaybeUndefined<AvatarUrl>,
    /// A BCP 47 tag whose subtags exist. Stored in canonical form: `EN-gb`
    /// becomes `en-GB`.
    #[oai(nullable)]
    locale: MaybeUndefined<Locale>,
    /// An IANA time zone name in any case. Stored in the registered spelling.
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

impl Example for UpdateMe {
    fn example() -> Self {
        Self {
            name: Name::parse("Ada King").ok(),
            bio: MaybeUndefined::Null,
            avatar_url: MaybeUndefined::Undefined,
            locale: MaybeUndefined::from_opt_undefined(Locale::parse("en-GB").ok()),
            timezone: MaybeUndefined::Undefined,
        }
    }
}

impl Updated {
    pub(crate) fn ok(context: &Context, profile: &Profile) -> Self {
        let user = Representation::of(&context.public_url, profile);
        let tag = user.tag.clone();
        Self::Ok(user, tag)
    }
}

impl Me {
    pub(crate) fn ok(user: Representation) -> Self {
        let tag = user.tag.clone();
        Self::Ok(user, tag, CACHING.to_owned())
    }

    pub(crate) fn not_modified(user: &Representation) -> Self {
        Self::NotModified(user.tag.clone(), CACHING.to_owned())
    }
}

codes!(ChangeCodes: PreconditionFailed);

/// The precondition that `If-Match` sets on a change of the profile.
fn precondition(context: &Context, if_match: IfMatch) -> Option<Precondition> {
    let holds = if_match.precondition()?;
    let public_url = context.public_url.clone();
    Some(Box::new(move |profile| holds(&Representation::of(&public_url, profile).tag)))
}

#[OpenApi(tag = "Tag::CurrentUser")]
impl MeApi {
    /// Get profile
    ///
    /// Returns the profile of the user whose token is sent.
    #[oai(path = "/me", method = "get", operation_id = "getMe")]
    async fn get_me(
        &self,
        request: &Request,
        context: Data<&Arc<Context>>,
        CurrentProfile(reading): CurrentProfile,
        /// Entity tags that the client has: 304 if one of them still stands.
        #[oai(name = "If-None-Match")]
        if_none_match: IfNoneMatch,
    ) -> Answer<Me> {
        let user = Representation::of(&context.public_url, &reading.profile);
        cache::offer(request, &user, &reading);
        Ok(if if_none_match.has(&user.tag) { Me::not_modified(&user) } else { Me::ok(user) })
    }

    /// Update profile
    ///
    /// Changes what is sent and keeps the rest (a JSON merge patch, RFC 7396;
    /// `application/merge-patch+json` is taken as well). Either everything in
    /// it is stored, or, with all errors in the reply, nothing. `{}` changes
    /// nothing, not even `updatedAt`.
    #[oai(path = "/me", method = "patch", operation_id = "updateMe")]
    async fn update_me(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        /// Entity tags that the user must still have: 412 if none of them stands.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        Valid(patch): Valid<UpdateMe>,
    ) -> Answer<Updated, ChangeCodes> {
        let profile =
            profile::update(&context, *me, precondition(&context, if_match), patch.into()).await?;
        Ok(Updated::ok(&context, &profile))
    }

    /// Delete profile
    ///
    /// Closes the account: from the next request on, none of the user's tokens
    /// works. Until the deadline that the notice tells, by default for 30 days, it can be
    /// restored; then everything that is held about the user is erased. The address
    /// stays taken until then.
    #[oai(path = "/me", method = "delete", operation_id = "deleteMe")]
    async fn delete_me(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        /// Entity tags that the user must still have: 412 if none of them stands.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Answer<Deleted, ChangeCodes> {
        let receipt_id = leaving::delete(&context, *me, precondition(&context, if_match)).await?;
        Ok(Deleted::Accepted(receipt_path(receipt_id)))
    }
}
