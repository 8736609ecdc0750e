//! The errors of the `users` commands.

use std::io::stderr;

use sea_orm::DbErr;
use uuid::Uuid;

use super::table;
use crate::account::administration::AdministrationError;
use crate::store::{ConnectError, DatabaseUrl};

/// Why a command changed nothing, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    /// A flag or a variable is invalid.
    #[error("{0}")]
    Config(String),
    /// The file of the SQLite database does not exist. Opening it would create it.
    #[error(
        "there is no database {0}; name one with --database-url, or run `current-user serve`, \
        which creates it"
    )]
    NoDatabase(DatabaseUrl),
    /// The database can't be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A query failed.
    #[error("can't use the database: {0}")]
    Database(#[from] DbErr),
    /// Migrations are pending.
    #[error(
        "the schema of {0} is not up to date; run `current-user migrate up` or `current-user serve`"
    )]
    Schema(DatabaseUrl),
    /// The rules for accounts refuse the command.
    #[error(transparent)]
    Refused(AdministrationError),
    /// Several users claim the address. The message lists them.
    #[error("{0}\n{1}")]
    Several(AdministrationError, String),
    /// There is no terminal on which to ask for confirmation.
    #[error("there is no terminal to ask on; pass --yes to delete user {0}")]
    NoTerminal(Uuid),
    /// The question was not answered with yes.
    #[error("nothing was deleted, because the answer was not `y`")]
    Declined,
    /// Reading from or writing to the terminal failed.
    #[error("can't ask for confirmation: {0}; pass --yes to delete without it")]
    Ask(#[from] std::io::Error),
}

impl From<AdministrationError> for UsersError {
    fn from(error: AdministrationError) -> Self {
        match &error {
            AdministrationError::Several { claimants, .. } => {
                let claimants = table::users(claimants, table::width(stderr()));
                Self::Several(error, claimants.trim_end().to_owned())
            }
            _ => Self::Refused(error),
        }
    }
}
