//! The user, as the document shows it.

use bytes::Bytes;
use poem::{IntoResponse, Response};
use poem_openapi::Object;
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{Example, Type as _};
use uuid::Uuid;

use super::avatar_url::avatar_url;
use super::choice::UserStatus;
use super::json::json_line;
use super::phone_number::PhoneNumberOrNone;
use super::shown::Shown;
use super::timestamp::Timestamp;
use crate::api::extract::conditional::entity_tag;
use crate::store::Profile;
use crate::value::{AvatarUrl, Bio, Email, Locale, Name, PublicUrl, Timezone};

/// A user on the platform.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
pub(crate) struct User {
    /// The id of the user. Ids sort by the time at which users were created.
    pub(crate) id: Uuid,
    /// The status of the account: `pending` until an email address is verified, `invited` until an
    /// invitation is accepted, then `active`. Nobody can log in to a `banned` or `deleted` account.
    pub(crate) status: UserStatus,
    /// The display name of the user.
    pub(crate) name: Shown<Name>,
    /// The user's description of themselves. It is absent when the user has none.
    pub(crate) bio: Option<Shown<Bio>>,
    /// The URL of the user's avatar, whether it was uploaded or linked to. It is absent when the
    /// user has none.
    pub(crate) avatar_url: Option<Shown<AvatarUrl>>,
    /// The default email address of the user. The service writes to it.
    pub(crate) default_email: Option<Shown<Email>>,
    /// The verified phone number of the user. `""` means that the user has none.
    pub(crate) phone_number: Option<PhoneNumberOrNone>,
    /// The language and region of the user, as a BCP 47 tag. It is absent when the user has
    /// chosen none.
    pub(crate) locale: Option<Shown<Locale>>,
    /// The time zone of the user, as an IANA name. It is absent when the user has chosen none.
    pub(crate) timezone: Option<Shown<Timezone>>,
    /// The number of the user's active sessions.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    pub(crate) active_sessions: i32,
    /// The time at which the user was created.
    pub(crate) created_at: Timestamp,
    /// The time at which the profile last changed.
    pub(crate) updated_at: Timestamp,
}

impl User {
    /// The user of a profile. The URL of an uploaded avatar begins with `public_url`.
    pub(crate) fn of(public_url: &PublicUrl, profile: &Profile) -> Self {
        let Profile { user, default_email, active_sessions } = profile.clone();
        let uploaded = user.avatar_file.map(|file| avatar_url(public_url, &file));
        Self {
            id: user.id,
            status: user.status.into(),
            name: Shown(user.name),
            bio: user.bio.map(Shown),
            avatar_url: uploaded.or(user.avatar_url).map(Shown),
            default_email: default_email.map(Shown),
            phone_number: Some(user.phone_number.into()),
            locale: user.locale.map(Shown),
            timezone: user.timezone.map(Shown),
            active_sessions: i32::try_from(active_sessions).unwrap_or(i32::MAX),
            created_at: user.created_at.into(),
            updated_at: user.updated_at.into(),
        }
    }
}

/// A user as it is sent: the JSON, and the entity tag of exactly these bytes.
#[derive(Clone, Debug)]
pub(crate) struct Representation {
    pub(crate) json: Bytes,
    /// The value of `ETag`.
    pub(crate) tag: String,
}

impl Representation {
    pub(crate) fn of(public_url: &PublicUrl, profile: &Profile) -> Self {
        let json = Bytes::from(json_line(&User::of(public_url, profile)));
        let tag = entity_tag(&json);
        Self { json, tag }
    }
}

impl Payload for Representation {
    const CONTENT_TYPE: &'static str = "application/json";

    fn schema_ref() -> MetaSchemaRef {
        User::schema_ref()
    }

    fn register(registry: &mut Registry) {
        User::register(registry);
    }
}

impl IntoResponse for Representation {
    fn into_response(self) -> Response {
        self.json.with_content_type(Self::CONTENT_TYPE).into_response()
    }
}

impl User {
    /// An example of a user who has just signed up.
    pub(crate) fn example_of_sign_up() -> Self {
        let (status, bio, avatar_url) = (entity::user::Status::Pending.into(), None, None);
        Self { status, bio, avatar_url, active_sessions: 0, ..Self::example() }
    }
}

impl Example for User {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_b000_8a40_7c3e_9a51_0f6b_2d8c_4e17),
            status: entity::user::Status::Active.into(),
            name: Shown::example(),
            bio: Some(Shown::example()),
            avatar_url: Some(Shown::example()),
            default_email: Some(Shown::example()),
            phone_number: Some(PhoneNumberOrNone::default()),
            locale: Some(Shown::example()),
            timezone: Some(Shown::example()),
            active_sessions: 1,
            created_at: Timestamp::example(),
            updated_at: Timestamp::example(),
        }
    }
}
