//! Opening the database at a URL.

use sea_orm::DbErr;

use super::database::Store;
use super::database_url::DatabaseUrl;
use super::options::Options;
use super::{postgres, sqlite};

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("can't open the database {url}: {source}")]
pub struct ConnectError {
    /// The URL without its password.
    url: String,
    source: DbErr,
}

impl Store {
    /// Opens the database at `url`. Applies no migration.
    ///
    /// # Errors
    /// When the file can't be opened, or the server does not answer or refuses the
    /// connection.
    pub async fn connect(url: &DatabaseUrl, options: Options) -> Result<Self, ConnectError> {
        let opened = match url {
            DatabaseUrl::Sqlite(path) => sqlite::open(path, options).await,
            DatabaseUrl::Postgres(url) => postgres::open(url, options).await,
        };
        opened.map_err(|source| ConnectError { url: url.to_string(), source })
    }
}
