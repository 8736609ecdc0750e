//! The file of an avatar that was uploaded.

use sea_orm::entity::prelude::*;

/// A row of `avatars`. It is written before the file is, and deleted after the file is.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "avatars")]
pub struct Model {
    /// The random name of the file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file: String,
    /// The user who uploaded it. `None` once that user is erased.
    pub user_id: Option<Uuid>,
    /// When it was uploaded.
    pub created_at: DateTimeUtc,
    /// When it is to be deleted. `None` while it is the user's avatar.
    pub delete_at: Option<DateTimeUtc>,
    /// The user who uploaded it.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "SetNull")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
