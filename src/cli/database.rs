//! The flags that name the database, and the commands that migrate its schema.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::secret_flag::{self, Secret};
use crate::store::DatabaseUrl;

/// The flags that name the database.
#[derive(Clone, Debug, Args)]
pub struct DatabaseArgs {
    /// The database: `sqlite://PATH`, a file that is created if it does not exist, or
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. The variable `DATABASE_URL` works
    /// too. [default: sqlite://current-user.db]
    // This is text and not a URL, because clap would show a URL that it can't parse,
    // including the password.
    #[arg(long, env = "CURRENT_USER_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,

    /// A file that contains the URL of the database, in place of --database-url.
    #[arg(long, env = "CURRENT_USER_DATABASE_URL_FILE", value_name = "FILE")]
    database_url_file: Option<PathBuf>,
}

impl DatabaseArgs {
    /// The database that a flag, a file or a variable names, or the default.
    ///
    /// # Errors
    /// Says which flag, file or variable has an invalid URL.
    pub fn url(&self) -> Result<DatabaseUrl, String> {
        let (value, file) = (self.database_url.as_deref(), self.database_url_file.as_deref());
        let secret = secret_flag::read("database-url", value, file)?;
        let (name, url) = match (secret, std::env::var("DATABASE_URL")) {
            (Some(Secret { from, text }), _) => (from, text),
            (None, Ok(url)) => ("DATABASE_URL".to_owned(), url),
            (None, Err(_)) => ("the default".to_owned(), "sqlite://current-user.db".to_owned()),
        };
        url.parse().map_err(|error| format!("{name} {error}"))
    }
}

/// The commands under `migrate`.
#[derive(Debug, Subcommand)]
pub enum MigrateAction {
    /// Apply every pending migration. `serve` does this when it starts.
    Up(DatabaseArgs),
    /// Revert the last migration, or the last N with `--steps N`. The tables and columns
    /// that it removes are lost with their data.
    Down {
        /// The number of migrations to revert.
        #[arg(long, env = "CURRENT_USER_STEPS", default_value_t = 1)]
        steps: u32,
        /// Confirm that the data may be lost. Without this flag, nothing is reverted.
        #[arg(long)]
        yes: bool,
        /// The flag that names the database.
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// List all migrations, and say which are applied.
    Status(DatabaseArgs),
}
