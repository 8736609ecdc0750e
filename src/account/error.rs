//! What can keep a use case from doing what it was asked.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use crate::service::{HashError, ResizeError};
use crate::store;

/// Why a use case changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The email address belongs to an account already.
    #[error("the email address is taken")]
    EmailTaken,
    /// No account has this email address and this password.
    #[error("the email address or the password is wrong")]
    InvalidCredentials,
    /// A logged-in user offered a wrong password.
    #[error("the password is wrong")]
    WrongPassword,
    /// The session did not prove the password lately.
    #[error("the password was not proved lately")]
    ReauthenticationRequired,
    /// The user has no such email address.
    #[error("the user has no such email address")]
    EmailNotFound,
    /// The user has as many addresses as they may have.
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
    /// The token that was mailed works no more, or never did.
    #[error("the one-time token is not valid")]
    OneTimeTokenInvalid,
    /// The code is not the one that was sent.
    #[error("the code is wrong")]
    WrongCode,
    /// There is no code to check.
    #[error("there is no code that works")]
    CodeExpired,
    /// Too many messages lately.
    #[error("too many requests")]
    TooMany {
        /// After which one more may be asked for.
        retry_after: Duration,
    },
    /// The account is locked by an administrator.
    #[error("the account is banned")]
    Banned,
    /// The account waits for its erasure.
    #[error("the account is deleted")]
    Deleted {
        /// Until when that can be undone.
        restorable_until: DateTime<Utc>,
    },
    /// The account is open: there is no deletion to undo.
    #[error("the account is not deleted")]
    NotDeleted,
    /// Nothing is, or was, erased under this id.
    #[error("there is no such erasure")]
    ErasureNotFound,
    /// The session ended while the request was on its way.
    #[error("the session has ended")]
    SessionEnded,
    /// The user has no such session.
    #[error("the user has no such session")]
    SessionNotFound,
    /// The user is not any more what the caller took them for.
    #[error("the user has changed meanwhile")]
    Outdated,
    /// What was uploaded is no picture that can be shown.
    #[error("the image is invalid")]
    InvalidImage,
    /// Too much to do; the same request may work later.
    #[error("the service is busy")]
    Busy,
    /// A fault of the service. What it was goes to the log, not to the caller.
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

impl From<ResizeError> for AccountError {
    fn from(error: ResizeError) -> Self {
        match error {
            ResizeError::Invalid(_) => Self::InvalidImage,
            ResizeError::Busy => Self::Busy,
            ResizeError::Internal(error) => Self::Internal(error),
        }
    }
}
