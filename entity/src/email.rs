//! An email address that a user claims.

use sea_orm::entity::prelude::*;

/// A row of `emails`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "emails")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user who claims the address.
    pub user_id: Uuid,
    /// The address, as the user typed it.
    pub email: value::Email,
    /// The form in which addresses are compared. Several users may claim an address, but only
    /// one of them can have verified it.
    pub normalized: String,
    /// When the user verified the address. `None` before.
    pub verified_at: Option<DateTimeUtc>,
    /// When the user first logged in with the address, if they had not verified it. `None` before.
    pub logged_in_at: Option<DateTimeUtc>,
    /// Whether the address is shown as `defaultEmail`. A user has at most one default address.
    pub is_default: bool,
    /// When the user was told that the account is erased unless an address is verified.
    pub erasure_notice_at: Option<DateTimeUtc>,
    /// When the address was added.
    pub created_at: DateTimeUtc,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
    /// The user who claims the address.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
