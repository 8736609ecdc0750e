//! The URL of a database.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The URL of a database.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite://PATH`: a file, created if missing.
    Sqlite(String),
    /// `postgres://…`: a server.
    Postgres(Url),
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            // In memory, each connection would have a database of its own.
            return if path.is_empty() || path.starts_with(":memory:") || path.contains('?') {
                Err("must name a file, like `sqlite://current-user.db`, without options".to_owned())
            } else {
                Ok(Self::Sqlite(path.to_owned()))
            };
        }
        match Url::parse(url) {
            Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => Ok(Self::Postgres(url)),
            _ => Err("must be `sqlite://PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`"
                .to_owned()),
        }
    }
}

/// Omits the user name and the password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{path}"),
            Self::Postgres(url) => {
                let host = url.host_str().unwrap_or_default();
                write!(f, "postgres://{host}")?;
                if let Some(port) = url.port() {
                    write!(f, ":{port}")?;
                }
                f.write_str(url.path())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
