//! The errors of the use cases.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use crate::service::{HashError, LookUpError, ResizeError};
use crate::store;
use crate::value::ValueError;

/// Why a use case changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The email address already belongs to an account.
    #[error("the email address is taken")]
    EmailTaken,
    /// No account has this email address and this password.
    #[error("the email address or the password is wrong")]
    InvalidCredentials,
    /// A logged-in user sent a wrong password.
    #[error("the password is wrong")]
    WrongPassword,
    /// The new password breaks a rule.
    #[error("the new password {0}")]
    PasswordRefused(ValueError),
    /// The session has not proved the password within the re-authentication window.
    #[error("the password was not proved recently")]
    ReauthenticationRequired,
    /// The user has no such email address.
    #[error("the user has no such email address")]
    EmailNotFound,
    /// The user has the maximum number of addresses.
    #[error("the user has too many email addresses")]
    TooManyEmails,
    /// The address is verified already.
    #[error("the email address is verified already")]
    EmailVerified,
    /// The address has to be verified first.
    #[error("the email address is not verified")]
    EmailNotVerified,
    /// The default address can't be removed.
    #[error("the email address is the default one")]
    DefaultEmail,
    /// The last address can't be removed.
    #[error("the email address is the last one")]
    LastEmail,
    /// The token is unknown, used up, expired or revoked.
    #[error("the one-time token is not valid")]
    OneTimeTokenInvalid,
    /// The user has no such recovery token.
    #[error("the user has no such recovery token")]
    RecoveryTokenNotFound,
    /// The recovery token can't be revoked, because it may be the owner's last way back.
    #[error("the recovery token can't be revoked")]
    RecoveryTokenProtected,
    /// The operator does not send SMS to the country of the phone number.
    #[error("no SMS is sent to this country")]
    CountryNotServed,
    /// The code is not the one that was sent.
    #[error("the code is wrong")]
    WrongCode,
    /// The user has no valid code. None was requested, or it has expired, or it had too many wrong
    /// tries.
    #[error("there is no valid code")]
    CodeExpired,
    /// A rate limit is reached.
    #[error("too many requests")]
    TooMany {
        /// The time after which another request is allowed.
        retry_after: Duration,
    },
    /// An administrator has banned the account.
    #[error("the account is banned")]
    Banned,
    /// The account is deleted, and will be erased.
    #[error("the account is deleted")]
    Deleted {
        /// Until when the account can be restored.
        restorable_until: DateTime<Utc>,
    },
    /// The account is not deleted, so it can't be restored.
    #[error("the account is not deleted")]
    NotDeleted,
    /// No erasure has this id.
    #[error("there is no such erasure")]
    ErasureNotFound,
    /// The session ended while the request was under way.
    #[error("the session has ended")]
    SessionEnded,
    /// The user has no such session.
    #[error("the user has no such session")]
    SessionNotFound,
    /// The profile no longer meets the precondition of the request.
    #[error("the user has changed meanwhile")]
    Outdated,
    /// The uploaded bytes are not an image that the service can show.
    #[error("the image is invalid")]
    InvalidImage,
    /// The service has too much to do. The same request may succeed later.
    #[error("the service is busy")]
    Busy,
    /// A fault of the service. Its cause goes to the log, not to the caller.
    #[error("internal error: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl AccountError {
    /// A fault of the service, caused by `error`.
    pub fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<DbErr> for AccountError {
    fn from(error: DbErr) -> Self {
        if store::is_busy(&error) { Self::Busy } else { Self::internal(error) }
    }
}

impl From<HashError> for AccountError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            HashError::Internal(error) => Self::Internal(error),
        }
    }
}

impl From<LookUpError> for AccountError {
    fn from(_: LookUpError) -> Self {
        Self::Busy
    }
}

impl From<ResizeError> for AccountError {
    fn from(error: ResizeError) -> Self {
        match error {
            ResizeError::Invalid(_) => Self::InvalidImage,
            ResizeError::Busy => Self::Busy,
            ResizeError::Internal(error) => Self::Internal(error),
        }
    }
}
