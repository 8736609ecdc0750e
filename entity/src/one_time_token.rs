//! A token that was mailed, and works once.

use sea_orm::entity::prelude::*;

/// What a one-time token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Purpose {
    /// Proves that an address belongs to the user.
    #[sea_orm(string_value = "verify_email")]
    VerifyEmail,
    /// Sets a new password.
    #[sea_orm(string_value = "reset_password")]
    ResetPassword,
    /// Sets the first password.
    #[sea_orm(string_value = "accept_invitation")]
    AcceptInvitation,
    /// Takes back an account that somebody else got hold of.
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
    /// Whose token it is.
    pub user_id: Uuid,
    /// What it is good for.
    pub purpose: Purpose,
    /// The address that it was mailed to, as typed.
    pub email: value::Email,
    /// The form in which addresses are compared.
    pub normalized: String,
    /// SHA-256 of the token; the token itself is stored nowhere.
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    /// The message that it was mailed in.
    pub message_id: Uuid,
    /// When that was asked for.
    pub issued_at: DateTimeUtc,
    /// Recovery undoes the addresses that were added from then on.
    pub since: DateTimeUtc,
    /// When it stops working.
    pub expires_at: DateTimeUtc,
    /// Its owner.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
