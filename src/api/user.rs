//! The user, as the document shows it.

use bytes::Bytes;
use poem::{IntoResponse, Response};
use poem_openapi::Object;
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{Example, ToJSON as _, Type as _};
use uuid::Uuid;

use super::avatar;
use super::conditional::entity_tag;
use crate::api::schema::timestamp::Timestamp;
use crate::api::schema::user_status::UserStatus;
use crate::store::Profile;
use crate::value::avatar_url::AvatarUrl;
use crate::value::bio::Bio;
use crate::value::email::Email;
use crate::value::locale::Locale;
use crate::value::name::Name;
use crate::value::phone_number::PhoneNumber;
use crate::value::public_url::PublicUrl;
use crate::value::text_value::Stored;
use crate::value::timezone::Timezone;

/// A user on the platform.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
pub(crate) struct User {
    /// ID of the user. Ids sort by when users were created.
    pub(crate) id: Uuid,
    /// The status of the user.
    pub(crate) status: UserStatus,
    /// The display name of the user.
    pub(crate) name: Stored<Name>,
    /// The user's description of themselves. Absent when not set.
    pub(crate) bio: Option<Stored<Bio>>,
    /// URL of the user's profile picture: one that was uploaded, or one that the
    /// user named. Absent when not set.
    pub(crate) avatar_url: Option<Stored<AvatarUrl>>,
    /// The default one of the user's email addresses.
    pub(crate) default_email: Option<Stored<Email>>,
    /// The user's verified phone number, or `""`: the user has none.
    pub(crate) phone_number: Option<PhoneNumber>,
    /// The language and region that the user reads in. Absent when not set.
    pub(crate) locale: Option<Stored<Locale>>,
    /// The default time zone of the user. Absent when not set.
    pub(crate) timezone: Option<Stored<Timezone>>,
    /// How many sessions of the user work right now.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    pub(crate) active_sessions: i32,
    /// When the user was created.
    pub(crate) created_at: Timestamp,
    /// When the user's profile last changed.
    pub(crate) updated_at: Timestamp,
}

impl User {
    /// What the document shows of `profile`, to those who find the service at
    /// `public_url`.
    pub(crate) fn of(public_url: &PublicUrl, profile: &Profile) -> Self {
        let Profile { user, default_email, active_sessions } = profile.clone();
        let uploaded = user.avatar_file.map(|file| avatar::url(public_url, &file));
        Self {
            id: user.id,
            status: user.status.into(),
            name: Stored::new(user.name),
            bio: user.bio.map(Stored::new),
            avatar_url: uploaded.or(user.avatar_url).map(Stored::new),
            default_email: default_email.map(Stored::new),
            phone_number: Some(user.phone_number.into()),
            locale: user.locale.map(Stored::new),
            timezone: user.timezone.map(Stored::new),
            active_sessions: i32::try_from(active_sessions).unwrap_or(i32::MAX),
            created_at: user.created_at.into(),
            updated_at: user.updated_at.into(),
        }
    }
}

/// A user as sent: the bytes, and the tag that stands for exactly these.
#[derive(Clone, Debug)]
pub(crate) struct Representation {
    pub(crate) json: Bytes,
    /// The value of `ETag`.
    pub(crate) tag: String,
}

impl Representation {
    pub(crate) fn of(public_url: &PublicUrl, profile: &Profile) -> Self {
        let json = Bytes::from(User::of(public_url, profile).to_json_string());
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

impl Example for User {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_b000_8a40_7c3e_9a51_0f6b_2d8c_4e17),
            status: entity::user::Status::Active.into(),
            name: Stored::new("Ada Lovelace".to_owned()),
            bio: Some(Stored::new("First programmer.".to_owned())),
            avatar_url: Some(Stored::new("https://images.example.com/ada.png".to_owned())),
            default_email: Some(Stored::new("ada@example.com".to_owned())),
            phone_number: Some(PhoneNumber::default()),
            locale: Some(Stored::new("en-GB".to_owned())),
            timezone: Some(Stored::new("Europe/London".to_owned())),
            active_sessions: 1,
            created_at: Timestamp::example(),
            updated_at: Timestamp::example(),
        }
    }
}
