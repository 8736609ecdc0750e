//! The requests that a rate limit has counted.

use sea_orm::entity::prelude::*;

/// A row of `rate_limits`. It names nobody.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rate_limits")]
pub struct Model {
    /// The keyed hash of the limit's name and of what it applies to, such as a client.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Vec<u8>,
    /// When the requests were made, in the encoding of the service.
    pub times: Vec<u8>,
    /// When no request counts any more. The row is deleted then.
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
