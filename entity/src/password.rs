//! A user's password, apart from the user so that no profile query reads it.

use sea_orm::entity::prelude::*;

/// A row of `passwords`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passwords")]
pub struct Model {
    /// Whose password it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// argon2id as a PHC string.
    pub hash: PasswordHash,
    /// When it was last set.
    pub updated_at: DateTimeUtc,
    /// Its owner.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A PHC string that never prints itself: a row must not bring it into a log.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}
