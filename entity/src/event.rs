//! An event of an account.

use sea_orm::entity::prelude::*;

/// The type of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum EventType {
    /// The user signed up.
    #[sea_orm(string_value = "signed_up")]
    SignedUp,
    /// An administrator created the account and invited the user.
    #[sea_orm(string_value = "invited")]
    Invited,
    /// The user accepted the invitation and set the first password.
    #[sea_orm(string_value = "invitation_accepted")]
    InvitationAccepted,
    /// A login succeeded.
    #[sea_orm(string_value = "logged_in")]
    LoggedIn,
    /// A login failed because the password was wrong.
    #[sea_orm(string_value = "login_failed")]
    LoginFailed,
    /// The user logged out, which ended the session.
    #[sea_orm(string_value = "logged_out")]
    LoggedOut,
    /// A session was ended from another session, or by an administrator.
    #[sea_orm(string_value = "session_ended")]
    SessionEnded,
    /// A session ended all other sessions, or an administrator ended all sessions.
    #[sea_orm(string_value = "other_sessions_ended")]
    OtherSessionsEnded,
    /// The user re-authenticated in a session.
    #[sea_orm(string_value = "reauthenticated")]
    Reauthenticated,
    /// A session sent a wrong password.
    #[sea_orm(string_value = "wrong_password")]
    WrongPassword,
    /// The password was changed by a session that proved the current password.
    #[sea_orm(string_value = "password_changed")]
    PasswordChanged,
    /// A token that sets a new password was mailed to the subject.
    #[sea_orm(string_value = "password_reset_mailed")]
    PasswordResetMailed,
    /// The password was set with a token that was mailed.
    #[sea_orm(string_value = "password_reset")]
    PasswordReset,
    /// The account was recovered with the token of a notice to the subject.
    #[sea_orm(string_value = "account_recovered")]
    AccountRecovered,
    /// A token that recovers the account was revoked. It had been mailed to the subject.
    #[sea_orm(string_value = "recovery_token_revoked")]
    RecoveryTokenRevoked,
    /// The subject was added as an address.
    #[sea_orm(string_value = "email_added")]
    EmailAdded,
    /// The subject was verified.
    #[sea_orm(string_value = "email_verified")]
    EmailVerified,
    /// The subject was removed from the user's addresses.
    #[sea_orm(string_value = "email_removed")]
    EmailRemoved,
    /// The user lost their claim to the subject, because another user has verified this address.
    #[sea_orm(string_value = "email_lost")]
    EmailLost,
    /// The user lost their claim to the subject, because the recipient of the verification mail
    /// has refused it.
    #[sea_orm(string_value = "email_refused")]
    EmailRefused,
    /// The subject became the default address.
    #[sea_orm(string_value = "default_email_changed")]
    DefaultEmailChanged,
    /// The subject became the phone number.
    #[sea_orm(string_value = "phone_number_changed")]
    PhoneNumberChanged,
    /// The phone number was removed, or another user has verified it.
    #[sea_orm(string_value = "phone_number_removed")]
    PhoneNumberRemoved,
    /// All personal data of the user was exported.
    #[sea_orm(string_value = "data_exported")]
    DataExported,
    /// An administrator banned the account.
    #[sea_orm(string_value = "account_banned")]
    AccountBanned,
    /// An administrator lifted the ban.
    #[sea_orm(string_value = "account_unbanned")]
    AccountUnbanned,
    /// The account was deleted. It is erased when the grace period ends.
    #[sea_orm(string_value = "account_deleted")]
    AccountDeleted,
    /// The account was restored.
    #[sea_orm(string_value = "account_restored")]
    AccountRestored,
}

/// A row of `events`. It is written in the same transaction as the change that it reports.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    /// UUIDv7, so that ids sort by time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user whose account it concerns.
    pub user_id: Uuid,
    /// The type of the event.
    pub kind: EventType,
    /// The email address or phone number that the event is about.
    pub subject: Option<String>,
    /// The IP address of the client that caused the event, if it is known.
    pub ip_address: Option<String>,
    /// The `User-Agent` of that client.
    pub user_agent: Option<String>,
    /// When it happened.
    pub created_at: DateTimeUtc,
    /// The user whose account it concerns.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
