//! Why a command did nothing.

use std::io::stderr;

use sea_orm::DbErr;
use uuid::Uuid;

use super::table;
use crate::account::administration::AdministrationError;
use crate::store::{ConnectError, DatabaseUrl};

/// Why a command did nothing, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    /// The configuration makes no sense.
    #[error("{0}")]
    Config(String),
    /// There is no such file. Opening it would make one.
    #[error("there is no database {0}; name one with --database-url, or serve, which makes it")]
    NoDatabase(DatabaseUrl),
    /// The database can't be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The database did not answer.
    #[error("can't use the database: {0}")]
    Database(#[from] DbErr),
    /// Migrations are pending.
    #[error("the schema of {0} is not up to date; run `current-user migrate up`, or serve")]
    Schema(DatabaseUrl),
    /// It is refused.
    #[error(transparent)]
    Refused(AdministrationError),
    /// It is not clear who is meant: these might be.
    #[error("{0}\n{1}")]
    Several(AdministrationError, String),
    /// Nobody is there to say yes.
    #[error("there is no terminal to ask on; say --yes to delete user {0}")]
    NoTerminal(Uuid),
    /// Somebody said no.
    #[error("nobody said yes: nothing was deleted")]
    Declined,
    /// The terminal does not work.
    #[error("can't ask: {0}; say --yes instead")]
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
