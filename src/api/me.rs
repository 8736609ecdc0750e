//! `/me`: the profile of the user who is logged in.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::types::{Example, MaybeUndefined};
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use super::auth::CurrentUser;
use super::body::Valid;
use super::problem::Answer;
use super::user::User;
use crate::account::avatar_url::AvatarUrl;
use crate::account::bio::Bio;
use crate::account::locale::Locale;
use crate::account::name::Name;
use crate::account::profile::{self, Change, ProfilePatch};
use crate::account::timezone::Timezone;
use crate::account::value::TextValue as _;
use crate::account::{self, Context};

/// Operations on the current user.
pub(crate) struct MeApi;

#[derive(ApiResponse)]
enum Profile {
    /// The user's profile.
    #[oai(status = 200)]
    Ok(
        Json<User>,
        /// A copy may be kept by the user's own client, and must be revalidated.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

impl From<crate::store::Profile> for Profile {
    fn from(profile: crate::store::Profile) -> Self {
        Self::Ok(Json(profile.into()), "private, no-cache".to_owned())
    }
}

#[derive(ApiResponse)]
enum Deleted {
    /// Accepted: the user is logged out everywhere, the account is closed.
    #[oai(status = 202)]
    Accepted,
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
    /// password. It is stored, never fetched.
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
    fn from(patch: UpdateMe) -> Self {
        let UpdateMe { name, bio, avatar_url, locale, timezone } = patch;
        Self {
            name,
            bio: change(bio),
            avatar_url: change(avatar_url),
            locale: change(locale),
            timezone: change(timezone),
        }
    }
}

fn change<T>(property: MaybeUndefined<T>) -> Change<T> {
    match property {
        MaybeUndefined::Undefined => Change::Keep,
        MaybeUndefined::Null => Change::Clear,
        MaybeUndefined::Value(value) => Change::Set(value),
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

#[OpenApi(tag = "Tag::CurrentUser")]
impl MeApi {
    /// Get profile
    ///
    /// Returns the profile of the user whose token is sent.
    #[oai(path = "/me", method = "get", operation_id = "getMe")]
    async fn get_me(&self, context: Data<&Arc<Context>>, me: CurrentUser) -> Answer<Profile> {
        Ok(profile::get(&context, *me).await?.into())
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
        Valid(patch): Valid<UpdateMe>,
    ) -> Answer<Profile> {
        Ok(profile::update(&context, *me, patch.into()).await?.into())
    }

    /// Delete profile
    ///
    /// Closes the account: from the next request on, none of the user's tokens
    /// works, and logging in is refused.
    #[oai(path = "/me", method = "delete", operation_id = "deleteMe")]
    async fn delete_me(&self, context: Data<&Arc<Context>>, me: CurrentUser) -> Answer<Deleted> {
        account::delete(&context, *me).await?;
        Ok(Deleted::Accepted)
    }
}
