//! An account that is to be erased, and afterwards the receipt: that it was.

use sea_orm::entity::prelude::*;

/// A row of `erasures`. Once everything else of the user is gone, it names nobody.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasures")]
pub struct Model {
    /// The id of the receipt: random all of it, because whoever has it may see the
    /// receipt.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose account, as long as it is there.
    #[sea_orm(unique)]
    pub user_id: Option<Uuid>,
    /// When the account was deleted.
    pub requested_at: DateTimeUtc,
    /// Until when it can be restored, and from when on it is erased.
    pub erase_at: DateTimeUtc,
    /// When to work on it next. Moved on when a node takes it, so that another one takes
    /// it should the first one fall over.
    pub due_at: DateTimeUtc,
    /// How often it was taken. None: it can still be restored.
    pub attempts: i32,
    /// When everything was gone, from the files of the database too.
    pub erased_at: Option<DateTimeUtc>,
    /// How many rows were erased: a JSON object, table by table. There as soon as they
    /// are.
    pub erased: Option<String>,
    /// Whose account.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "SetNull")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
