//! The errors of the server.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::cli::demo::DemoError;
use crate::service::ObjectStorageUrl;
use crate::store::ConnectError;

/// Why the server did not start, or why it stopped. The message is one line.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A flag or a variable is invalid.
    #[error("{0}")]
    Config(String),
    /// The database can't be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A migration failed.
    #[error("can't apply the migrations to {0}: {1}")]
    Migrate(String, sea_orm::DbErr),
    /// The server can't listen on the address.
    #[error("can't listen on {0}: {1}; choose another address")]
    Listen(SocketAddr, std::io::Error),
    /// Avatars can't be stored.
    #[error("can't store avatars in {0} (--avatar-store): {1}")]
    ObjectStorage(ObjectStorageUrl, Box<dyn std::error::Error + Send + Sync>),
    /// The database was used with another server secret before.
    #[error(
        "this database was used with another server secret than the one in {0}: copy the file \
         of the other server, or, if it is lost, start once with --replace-secret"
    )]
    Secret(PathBuf),
    /// The demo can't be set up.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// A background task ended, although the server was running.
    #[error("{0} ended unexpectedly; see the log for the reason, and start the server again")]
    Task(&'static str),
    /// Any other error.
    #[error("can't serve: {0}")]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl ServeError {
    pub(super) fn other(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Other(Box::new(error))
    }
}
