//! The file of a picture that was uploaded.

use sea_orm::entity::prelude::*;

/// A row of `avatars`. It is there before the file is, and until the file is gone.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "avatars")]
pub struct Model {
    /// The name of the file; random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file: String,
    /// Who uploaded it, as long as there is such a user.
    pub user_id: Option<Uuid>,
    /// When it was uploaded.
    pub created_at: DateTimeUtc,
    /// When it is to be deleted. `None`: it is the picture of its user.
    pub delete_at: Option<DateTimeUtc>,
    /// Who uploaded it.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "SetNull")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
