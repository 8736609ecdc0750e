//! The hash of a user's password. It has a table of its own, so that no query of profiles
//! reads it.

use sea_orm::entity::prelude::*;

/// A row of `passwords`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passwords")]
pub struct Model {
    /// The user whose password it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The argon2id hash, as a PHC string.
    pub hash: PasswordHash,
    /// When the password was last set.
    pub updated_at: DateTimeUtc,
    /// The user whose password it is.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A PHC string. Its `Debug` output hides the hash, so that a logged row does not contain
/// it.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}
