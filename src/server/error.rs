//! Why the server did not start, or did not end well.

use std::net::SocketAddr;

use crate::cli::demo::DemoError;
use crate::service::ObjectStorageUrl;
use crate::store::ConnectError;

/// Why the server did not start, or did not end well. One line, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration makes no sense.
    #[error("{0}")]
    Config(String),
    /// The database can't be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A migration failed.
    #[error("can't bring the schema of {0} up to date: {1}")]
    Migrate(String, sea_orm::DbErr),
    /// The address can't be listened on.
    #[error("can't listen on {0}: {1}; choose another address")]
    Listen(SocketAddr, std::io::Error),
    /// The object storage for avatars can't be opened.
    #[error("can't store avatars in {0}: {1}")]
    ObjectStorage(ObjectStorageUrl, Box<dyn std::error::Error + Send + Sync>),
    /// The demo can't be set up.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// A task in the background ended, which none should.
    #[error("{0} ended unexpectedly; the log says why, start the server again")]
    Task(&'static str),
    /// Anything else.
    #[error("can't serve: {0}")]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl ServeError {
    pub(super) fn other(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Other(Box::new(error))
    }
}
