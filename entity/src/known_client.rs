//! A client from which an account was opened before.

use sea_orm::entity::prelude::*;

/// What a client is recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MarkKind {
    /// The device cookie of a browser or an app.
    #[sea_orm(string_value = "device")]
    Device,
    /// The network that it connects from.
    #[sea_orm(string_value = "network")]
    Network,
}

/// A row of `known_clients`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "known_clients")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user whose account was opened.
    pub user_id: Uuid,
    /// What the client is recognised by.
    pub kind: MarkKind,
    /// The keyed hash of the device cookie or of the network.
    pub mark: Vec<u8>,
    /// When the account was last opened from the client.
    pub last_used_at: DateTimeUtc,
    /// The user whose account was opened.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
