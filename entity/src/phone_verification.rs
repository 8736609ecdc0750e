//! A phone number that a user wants to set, and the code that verifies it.

use sea_orm::entity::prelude::*;

/// A row of `phone_verifications`. Only the latest row of a user is used.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "phone_verifications")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user who wants to set the number.
    pub user_id: Uuid,
    /// The phone number in E.164 format.
    pub phone_number: value::PhoneNumber,
    /// The keyed hash of this row's id and the code. `None` before a code is sent and after
    /// it was used.
    pub code_hash: Option<Vec<u8>>,
    /// How many more wrong codes may be tried.
    pub tries_left: i32,
    /// When the code was requested.
    pub created_at: DateTimeUtc,
    /// When the code stops working. `None` before it is sent.
    pub expires_at: Option<DateTimeUtc>,
    /// The user who wants to set the number.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
