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
    /// Whose address it is.
    pub user_id: Uuid,
    /// The address as its owner typed it.
    pub email: value::Email,
    /// The form in which addresses are compared. Anybody may claim an address; one
    /// user at most has it verified.
    pub normalized: String,
    /// When its owner proved that it is theirs.
    pub verified_at: Option<DateTimeUtc>,
    /// Whether it is the one shown as `defaultEmail`; at most one a user.
    pub is_default: bool,
    /// When it was added.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// Its owner.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
