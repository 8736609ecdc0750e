//! A message that waits to be sent.

use sea_orm::entity::prelude::*;

/// The kind of a message. The names in `snake_case` are used in the database, in the locale
/// files and in requests to the SMS gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MessageKind {
    /// A token that verifies an address.
    VerifyEmail,
    /// A token that sets a new password, if the recipient has an account.
    ResetPassword,
    /// A token that sets the first password.
    Invitation,
    /// A code that verifies a phone number.
    PhoneCode,
    /// A notice: the subject was added as an address.
    EmailAdded,
    /// A notice: the subject was removed from the user's addresses.
    EmailRemoved,
    /// A notice: the subject is now the default address.
    DefaultEmailChanged,
    /// A notice: the password was changed.
    PasswordChanged,
    /// A notice: the password was reset with a token that was mailed to the subject.
    PasswordReset,
    /// A notice: a token that recovers the account was revoked. It had been mailed to the
    /// recipient.
    RecoveryRevoked,
    /// A notice: the subject is now the phone number.
    PhoneNumberChanged,
    /// A notice: the phone number was removed.
    PhoneNumberRemoved,
    /// A notice: the account was deleted. The subject is the ID of its erasure.
    AccountDeleted,
    /// A notice: the account was restored.
    AccountRestored,
    /// A notice to an unverified address: the account is erased unless an address is verified.
    UnverifiedAccount,
    /// A notice to an unverified address: the account was deleted.
    UnverifiedAccountDeleted,
    /// A notice to an unverified address: the password was changed.
    UnverifiedPasswordChanged,
}

/// A queue of messages. No queue waits for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Queue {
    /// Mail to users.
    Mail,
    /// Text messages.
    Texts,
    /// Mail that any client can request. Most of these requests name an address that has no
    /// account.
    Requests,
}

/// A row of `outbox`. It is deleted once the message is sent. It holds no secret: tokens
/// and codes are made when the message is sent.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// UUIDv7. The receiver can use it to recognise a duplicate message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user whom the message concerns. `None` until it is known whether there is one.
    pub user_id: Option<Uuid>,
    /// The kind of the message.
    pub kind: MessageKind,
    /// The email address or phone number that the message goes to.
    pub recipient: String,
    /// The form in which email addresses are compared. A phone number stays as it is.
    pub normalized: String,
    /// The address, phone number or row that the message is about.
    pub subject: Option<String>,
    /// The browser and the system that the message was requested with, if they are known.
    pub device: Option<String>,
    /// Recovery removes the addresses that were added at or after this time.
    pub since: DateTimeUtc,
    /// When the message was written to the outbox.
    pub created_at: DateTimeUtc,
    /// When the message is due next. The node that takes the message moves this time forward,
    /// so that another node takes it if the first one crashes.
    pub due_at: DateTimeUtc,
    /// How many times the message was taken.
    pub attempts: i32,
    /// The queue in which the message waits.
    pub queue: Queue,
    /// The time by which messages that are due take turns.
    pub turn: DateTimeUtc,
    /// What caused the message: a keyed hash of the client's network, or the ID of a user.
    pub cause: Option<Vec<u8>>,
    /// The domain of the address, or the country of the phone number.
    pub domain: Option<String>,
    /// The number of messages of the same cause that waited when this one was written.
    pub round: i32,
    /// The user whom the message concerns.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
