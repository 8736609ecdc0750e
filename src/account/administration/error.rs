//! What can keep an operator from doing something, and what to do about it.

use sea_orm::DbErr;
use uuid::Uuid;

use crate::account::AccountError;
use crate::store::Profile;
use crate::value::ValueError;

/// Why nothing was changed. One line, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum AdministrationError {
    /// Nobody has this id or this address.
    #[error("there is no user {0}; `current-user users list` shows who there is")]
    NoUser(String),
    /// Nobody has proved that the address is theirs, and several may.
    #[error("{} users claim {email}, and none has verified it; name one by the id", claimants.len())]
    Several {
        /// The address.
        email: String,
        /// Who claims it, newest first.
        claimants: Vec<Profile>,
    },
    /// The address belongs to somebody who has verified it.
    #[error("{email} is taken; `current-user users show {owner}` says by whom")]
    EmailTaken {
        /// The address.
        email: String,
        /// Whose it is.
        owner: Uuid,
    },
    /// What stands before the `@` is no display name.
    #[error("the address makes no name, which {0}; say --name")]
    NoName(ValueError),
    /// The account is closed.
    #[error("user {0} is deleted: nobody can log in as them, so there is nothing to ban")]
    Deleted(Uuid),
    /// The account is locked.
    #[error(
        "user {0} is banned, and deleting them would end the ban; `current-user users unban {0}` \
        first if it is to end"
    )]
    Banned(Uuid),
    /// The user has no such living session.
    #[error("there is no session {session_id}; `current-user users sessions {user_id}` lists them")]
    NoSession {
        /// Whose it should have been.
        user_id: Uuid,
        /// Its id.
        session_id: Uuid,
    },
    /// Somebody else wrote for too long.
    #[error("the database is busy; try again")]
    Busy,
    /// A fault of the service.
    #[error(transparent)]
    Internal(AccountError),
}

impl From<AccountError> for AdministrationError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Busy => Self::Busy,
            error => Self::Internal(error),
        }
    }
}

impl From<DbErr> for AdministrationError {
    fn from(error: DbErr) -> Self {
        AccountError::from(error).into()
    }
}
