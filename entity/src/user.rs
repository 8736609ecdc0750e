//! A person with an account.

use sea_orm::entity::prelude::*;
use value::{AvatarUrl, Bio, Locale, Name, PhoneNumber, Timezone};

/// Where an account stands in its life.
///
/// Text with a `CHECK` in both databases: a native PostgreSQL enum would need
/// casts in every comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Status {
    /// Signed up; no email address is verified yet.
    #[sea_orm(string_value = "pending")]
    Pending,
    /// Has a verified email address.
    #[sea_orm(string_value = "active")]
    Active,
    /// Asked for deletion; erased when the grace period ends.
    #[sea_orm(string_value = "deleted")]
    Deleted,
    /// Created by an administrator; has no password yet.
    #[sea_orm(string_value = "invited")]
    Invited,
    /// Locked out by an administrator.
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
    /// Where the account stands.
    pub status: Status,
    /// Display name: NFC, trimmed.
    pub name: Name,
    /// Free text about the user.
    pub bio: Option<Bio>,
    /// Absolute `https` URL of a picture. Not set where `avatar_file` is.
    pub avatar_url: Option<AvatarUrl>,
    /// The file of a picture that was uploaded.
    pub avatar_file: Option<String>,
    /// Verified number in E.164.
    pub phone_number: Option<PhoneNumber>,
    /// Canonical BCP 47 tag.
    pub locale: Option<Locale>,
    /// IANA time zone name.
    pub timezone: Option<Timezone>,
    /// When the account was made.
    pub created_at: DateTimeUtc,
    /// When anything in the profile last changed.
    pub updated_at: DateTimeUtc,
    /// The pictures that the user uploaded, until they are deleted.
    #[sea_orm(has_many)]
    pub avatars: HasMany<super::avatar::Entity>,
    /// The user's email addresses.
    #[sea_orm(has_many)]
    pub emails: HasMany<super::email::Entity>,
    /// The user's sessions.
    #[sea_orm(has_many)]
    pub sessions: HasMany<super::session::Entity>,
    /// The user's password; an invited user has none.
    #[sea_orm(has_one)]
    pub password: HasOne<super::password::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
