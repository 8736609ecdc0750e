//! The database, and the commands that move its schema.

use clap::{Args, Subcommand};

use crate::store::DatabaseUrl;

/// Where the database is.
#[derive(Clone, Debug, Args)]
pub struct DatabaseArgs {
    /// `sqlite://PATH` (a file, created if missing) or
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. `DATABASE_URL` works too.
    /// [default: sqlite://current-user.db]
    // A text here, not a URL: clap would show what it can't parse, password included.
    #[arg(long, env = "CURRENT_USER_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
}

impl DatabaseArgs {
    /// The database that was named, or the default.
    ///
    /// # Errors
    /// When what was named is no database.
    pub fn url(&self) -> Result<DatabaseUrl, String> {
        let (name, url) = match (&self.database_url, std::env::var("DATABASE_URL")) {
            (Some(url), _) => ("--database-url", url.clone()),
            (None, Ok(url)) => ("DATABASE_URL", url),
            (None, Err(_)) => ("the default", "sqlite://current-user.db".to_owned()),
        };
        url.parse().map_err(|error| format!("{name} {error}"))
    }
}

/// Where to bring the schema.
#[derive(Debug, Subcommand)]
pub enum MigrateAction {
    /// Apply every migration that is pending; serving does this by itself.
    Up(DatabaseArgs),
    /// Revert migrations, last first. What they made is lost.
    Down {
        /// How many to revert.
        #[arg(long, env = "CURRENT_USER_STEPS", default_value_t = 1)]
        steps: u32,
        /// Where the database is.
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// List all migrations, and whether each is applied.
    Status(DatabaseArgs),
}
