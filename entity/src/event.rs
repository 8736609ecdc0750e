//! Something that happened to an account.

use sea_orm::entity::prelude::*;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum EventType {
    /// The user signed up.
    #[sea_orm(string_value = "signed_up")]
    SignedUp,
    /// An administrator made the account, and invited its owner.
    #[sea_orm(string_value = "invited")]
    Invited,
    /// The first password was set.
    #[sea_orm(string_value = "invitation_accepted")]
    InvitationAccepted,
    /// Somebody logged in.
    #[sea_orm(string_value = "logged_in")]
    LoggedIn,
    /// Somebody offered a wrong password.
    #[sea_orm(string_value = "login_failed")]
    LoginFailed,
    /// A session ended itself.
    #[sea_orm(string_value = "logged_out")]
    LoggedOut,
    /// Another session was ended.
    #[sea_orm(string_value = "session_ended")]
    SessionEnded,
    /// All other sessions were ended.
    #[sea_orm(string_value = "other_sessions_ended")]
    OtherSessionsEnded,
    /// A session proved the password once more.
    #[sea_orm(string_value = "reauthenticated")]
    Reauthenticated,
    /// A session offered a wrong password.
    #[sea_orm(string_value = "wrong_password")]
    WrongPassword,
    /// The password was changed by who knew it.
    #[sea_orm(string_value = "password_changed")]
    PasswordChanged,
    /// A token that sets a new password was mailed to the subject.
    #[sea_orm(string_value = "password_reset_mailed")]
    PasswordResetMailed,
    /// The password was changed by such a token.
    #[sea_orm(string_value = "password_reset")]
    PasswordReset,
    /// The account was taken back with the token of a notice to the subject.
    #[sea_orm(string_value = "account_recovered")]
    AccountRecovered,
    /// The subject was added as an address.
    #[sea_orm(string_value = "email_added")]
    EmailAdded,
    /// The subject was verified.
    #[sea_orm(string_value = "email_verified")]
    EmailVerified,
    /// The subject is no address of the user any more.
    #[sea_orm(string_value = "email_removed")]
    EmailRemoved,
    /// Somebody else has verified the subject, which the user had not.
    #[sea_orm(string_value = "email_lost")]
    EmailLost,
    /// The subject became the default address.
    #[sea_orm(string_value = "default_email_changed")]
    DefaultEmailChanged,
    /// The subject became the phone number.
    #[sea_orm(string_value = "phone_number_changed")]
    PhoneNumberChanged,
    /// The phone number was removed, or proved by somebody else.
    #[sea_orm(string_value = "phone_number_removed")]
    PhoneNumberRemoved,
    /// Everything held about the user was read.
    #[sea_orm(string_value = "data_exported")]
    DataExported,
    /// An administrator locked the account.
    #[sea_orm(string_value = "account_banned")]
    AccountBanned,
    /// An administrator unlocked it.
    #[sea_orm(string_value = "account_unbanned")]
    AccountUnbanned,
    /// The account was closed, to be erased.
    #[sea_orm(string_value = "account_deleted")]
    AccountDeleted,
    /// It was opened again.
    #[sea_orm(string_value = "account_restored")]
    AccountRestored,
}

/// A row of `events`, written with what it tells of, in one transaction.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    /// UUIDv7, so that ids sort by when it happened.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// To whose account.
    pub user_id: Uuid,
    /// What.
    pub kind: EventType,
    /// The address or number that it is about.
    pub subject: Option<String>,
    /// The IP address of who did it, where that is known.
    pub ip_address: Option<String>,
    /// What their client calls itself.
    pub user_agent: Option<String>,
    /// When.
    pub created_at: DateTimeUtc,
    /// To whose account.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
