//! A session of a user.

use sea_orm::entity::prelude::*;

/// A row of `sessions`. Ending a session deletes its row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// UUIDv7. It is no secret: it names the session, but does not open it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user who is logged in.
    pub user_id: Uuid,
    /// The SHA-256 hash of the token. The token itself is never stored.
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    /// When the user logged in.
    pub created_at: DateTimeUtc,
    /// When the user last proved their password in the session.
    pub authenticated_at: DateTimeUtc,
    /// When the session was last used. A use is not written if another one was written shortly
    /// before.
    pub last_used_at: DateTimeUtc,
    /// When the session ends, even if it is in use.
    pub expires_at: DateTimeUtc,
    /// The `User-Agent` at login.
    pub user_agent: Option<String>,
    /// The IP address of the client at login.
    pub ip_address: Option<String>,
    /// The user who is logged in.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
