//! A user of the service.

use sea_orm::entity::prelude::*;
use value::{AvatarUrl, Bio, Locale, Name, PhoneNumber, Timezone};

/// The status of an account.
///
/// It is text with a `CHECK` in both databases, because a native PostgreSQL enum would need
/// casts in every comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Status {
    /// The user has signed up, but has not verified an email address yet.
    #[sea_orm(string_value = "pending")]
    Pending,
    /// The user has verified an email address.
    #[sea_orm(string_value = "active")]
    Active,
    /// The account is deleted. It is erased when the grace period ends.
    #[sea_orm(string_value = "deleted")]
    Deleted,
    /// An administrator has created the account. It has no password yet.
    #[sea_orm(string_value = "invited")]
    Invited,
    /// An administrator has banned the account.
    #[sea_orm(string_value = "banned")]
    Banned,
}

/// A row of `users`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// UUIDv7, so that ids sort by creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The status of the account.
    pub status: Status,
    /// The display name: NFC, trimmed.
    pub name: Name,
    /// Free text about the user.
    pub bio: Option<Bio>,
    /// The absolute `https` URL of the avatar. `None` if `avatar_file` is set.
    pub avatar_url: Option<AvatarUrl>,
    /// The file of the avatar, if it was uploaded.
    pub avatar_file: Option<String>,
    /// The verified phone number in E.164 format.
    pub phone_number: Option<PhoneNumber>,
    /// The locale: a canonical BCP 47 tag.
    pub locale: Option<Locale>,
    /// The time zone: an IANA name.
    pub timezone: Option<Timezone>,
    /// When the account was created.
    pub created_at: DateTimeUtc,
    /// When the profile last changed.
    pub updated_at: DateTimeUtc,
    /// The files of avatars that the user uploaded, until they are deleted.
    #[sea_orm(has_many)]
    pub avatars: HasMany<super::avatar::Entity>,
    /// The user's email addresses.
    #[sea_orm(has_many)]
    pub emails: HasMany<super::email::Entity>,
    /// The user's sessions.
    #[sea_orm(has_many)]
    pub sessions: HasMany<super::session::Entity>,
    /// The user's password. An invited user has none.
    #[sea_orm(has_one)]
    pub password: HasOne<super::password::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
