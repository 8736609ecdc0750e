//! A message that waits to be sent.

use sea_orm::entity::prelude::*;

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MessageKind {
    /// A token that proves an address.
    #[sea_orm(string_value = "verify_email")]
    VerifyEmail,
    /// A token that sets a new password, if the recipient has an account.
    #[sea_orm(string_value = "reset_password")]
    ResetPassword,
    /// A token that sets the first password.
    #[sea_orm(string_value = "invitation")]
    Invitation,
    /// A code that proves a phone number.
    #[sea_orm(string_value = "phone_code")]
    PhoneCode,
    /// Notice: the subject was added as an address.
    #[sea_orm(string_value = "email_added")]
    EmailAdded,
    /// Notice: the subject is no address of the user any more.
    #[sea_orm(string_value = "email_removed")]
    EmailRemoved,
    /// Notice: the subject is the default address now.
    #[sea_orm(string_value = "default_email_changed")]
    DefaultEmailChanged,
    /// Notice: the password is another one now.
    #[sea_orm(string_value = "password_changed")]
    PasswordChanged,
    /// Notice: the subject is the phone number now.
    #[sea_orm(string_value = "phone_number_changed")]
    PhoneNumberChanged,
    /// Notice: there is no phone number any more.
    #[sea_orm(string_value = "phone_number_removed")]
    PhoneNumberRemoved,
    /// Notice: the account is closed, and the subject is the erasure that awaits it.
    #[sea_orm(string_value = "account_deleted")]
    AccountDeleted,
    /// Notice: the account is open again.
    #[sea_orm(string_value = "account_restored")]
    AccountRestored,
}

/// A row of `outbox`. Sending deletes it. No secret is in it: tokens and codes are
/// made when they are sent.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// UUIDv7. The receiver can tell by it that a message came twice.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whom it concerns. None: nobody has looked yet whether there is an account.
    pub user_id: Option<Uuid>,
    /// What it says.
    pub kind: MessageKind,
    /// The address or the number that it goes to.
    pub recipient: String,
    /// The form in which addresses are compared; a number as it is.
    pub normalized: String,
    /// The address, number or row that it is about.
    pub subject: Option<String>,
    /// Recovery undoes the addresses that were added from then on.
    pub since: DateTimeUtc,
    /// When what it tells happened.
    pub created_at: DateTimeUtc,
    /// When to send it next. Moved on when a node takes it, so that another one
    /// takes it should the first one fall over.
    pub due_at: DateTimeUtc,
    /// How often it was taken.
    pub attempts: i32,
    /// Whom it concerns.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
