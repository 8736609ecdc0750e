//! The errors of administration.

use sea_orm::DbErr;
use uuid::Uuid;

use crate::account::AccountError;
use crate::store::Profile;
use crate::value::ValueError;

/// Why a change by an administrator was refused. The message is one line, and says what to
/// do.
#[derive(Debug, thiserror::Error)]
pub enum AdministrationError {
    /// No user has this id or this address.
    #[error("there is no user {0}; `current-user users list` lists the users")]
    NoUser(String),
    /// Several users claim the address, and none has verified it.
    #[error("{} users claim {email}, and none has verified it; name one by the id", claimants.len())]
    Several {
        /// The address.
        email: String,
        /// The users who claim it, newest first.
        claimants: Vec<Profile>,
    },
    /// A user has verified the address.
    #[error("{email} is taken; `current-user users show {owner}` shows the owner")]
    EmailTaken {
        /// The address.
        email: String,
        /// The user who has verified it.
        owner: Uuid,
    },
    /// The part of the address before the `@` is not a valid display name.
    #[error("the part before the `@` can't be the name, which {0}; set the name with --name")]
    NoName(ValueError),
    /// The user is deleted.
    #[error("user {0} is deleted: nobody can log in as them, so there is nothing to ban")]
    Deleted(Uuid),
    /// The user is banned.
    #[error(
        "user {0} is banned, and deleting them would end the ban; if it should end, run \
        `current-user users unban {0}` first"
    )]
    Banned(Uuid),
    /// The user has no such active session.
    #[error(
        "there is no session {session_id}; `current-user users sessions {user_id}` lists the \
        active ones"
    )]
    NoSession {
        /// The id of the user.
        user_id: Uuid,
        /// The id of the session.
        session_id: Uuid,
    },
    /// The server secret is not there, and only it tells whom a name in the log stands for.
    #[error("there is no server secret in the file that --secret-file names; name another file")]
    NoSecret,
    /// Another transaction held a lock for too long.
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
