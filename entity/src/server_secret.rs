//! The server secret with which a database is used.

use sea_orm::entity::prelude::*;

/// The only row of `server_secret`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "server_secret")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The fingerprint of the secret. The secret itself is never stored.
    pub fingerprint: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
