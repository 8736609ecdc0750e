//! A login that has not ended.

use sea_orm::entity::prelude::*;

/// A row of `sessions`. Ending a session deletes its row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// UUIDv7. Public: it names the session, it does not open it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who is logged in.
    pub user_id: Uuid,
    /// SHA-256 of the token; the token itself is stored nowhere.
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    /// When the user logged in.
    pub created_at: DateTimeUtc,
    /// When the user last proved their password in it.
    pub authenticated_at: DateTimeUtc,
    /// When the token was last used, to within the coalescing interval.
    pub last_used_at: DateTimeUtc,
    /// When the session ends, however much it is used.
    pub expires_at: DateTimeUtc,
    /// The `User-Agent` at login.
    pub user_agent: Option<String>,
    /// The peer's IP address at login.
    pub ip_address: Option<String>,
    /// Who is logged in.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
