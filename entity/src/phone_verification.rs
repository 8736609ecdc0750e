//! A phone number that a user wants to have, and the code that proves it.

use sea_orm::entity::prelude::*;

/// A row of `phone_verifications`. The latest of a user counts.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "phone_verifications")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who wants to have the number.
    pub user_id: Uuid,
    /// The number in E.164.
    pub phone_number: value::PhoneNumber,
    /// SHA-256 of this row's id and the code; none before a code is sent, and none
    /// once it was used.
    pub code_hash: Option<Vec<u8>>,
    /// How many more wrong codes are taken.
    pub tries_left: i32,
    /// When the number was asked for.
    pub created_at: DateTimeUtc,
    /// When the code stops working; none before it is sent.
    pub expires_at: Option<DateTimeUtc>,
    /// Who wants to have the number.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
