//! A token that is mailed and works once.

use sea_orm::entity::prelude::*;

use crate::outbox::MessageKind;

/// The purpose of a one-time token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Purpose {
    /// Verifies an address of the user.
    #[sea_orm(string_value = "verify_email")]
    VerifyEmail,
    /// Sets a new password.
    #[sea_orm(string_value = "reset_password")]
    ResetPassword,
    /// Sets the first password.
    #[sea_orm(string_value = "accept_invitation")]
    AcceptInvitation,
    /// Recovers an account that an attacker has taken over.
    #[sea_orm(string_value = "recover")]
    Recover,
}

/// A row of `one_time_tokens`. Using a token deletes its row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_tokens")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user whom the token is for.
    pub user_id: Uuid,
    /// The purpose of the token.
    pub purpose: Purpose,
    /// The address that the token was mailed to, as the user typed it.
    pub email: value::Email,
    /// The form in which addresses are compared.
    pub normalized: String,
    /// The SHA-256 hash of the token. The token itself is never stored.
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    /// The message that the token was mailed in.
    pub message_id: Uuid,
    /// The kind of that message. `None` for tokens that were mailed before this was recorded.
    pub reason: Option<MessageKind>,
    /// When that message was requested.
    pub issued_at: DateTimeUtc,
    /// Recovery removes the addresses that were added at or after this time.
    pub since: DateTimeUtc,
    /// When the token stops working.
    pub expires_at: DateTimeUtc,
    /// The user whom the token is for.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
