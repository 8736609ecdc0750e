//! The erasure of an account. Once it is complete, its row is the receipt.

use sea_orm::entity::prelude::*;

/// A row of `erasures`. Once the user's other rows are erased, it names no user.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasures")]
pub struct Model {
    /// The id of the receipt. All of its bits are random, because any client that knows the id
    /// may read the receipt.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user who is to be erased. `None` once the user is erased.
    #[sea_orm(unique)]
    pub user_id: Option<Uuid>,
    /// When the account was deleted.
    pub requested_at: DateTimeUtc,
    /// The end of the grace period. Until then the account can be restored. From then on it is
    /// erased.
    pub erase_at: DateTimeUtc,
    /// When the erasure is due next. The node that takes it moves this time forward, so that
    /// another node takes it if the first one crashes.
    pub due_at: DateTimeUtc,
    /// How many times the erasure was taken. While this is 0, the account can be restored.
    pub attempts: i32,
    /// When everything was erased, including deleted rows in the files of the database.
    pub erased_at: Option<DateTimeUtc>,
    /// The number of rows that were erased from each table: a JSON object. `None` before.
    pub erased: Option<String>,
    /// The user who is to be erased.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "SetNull")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
