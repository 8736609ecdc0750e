//! The flag that names the database, and the commands that migrate its schema.

use clap::{Args, Subcommand};

use crate::store::DatabaseUrl;

/// The flag that names the database.
#[derive(Clone, Debug, Args)]
pub struct DatabaseArgs {
    /// The database: `sqlite://PATH`, a file that is created if it does not exist, or
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. The variable `DATABASE_URL` works
    /// too. [default: sqlite://current-user.db]
    // This is text and not a URL, because clap would show a URL that it can't parse,
    // including the password.
    #[arg(long, env = "CURRENT_USER_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
}

impl DatabaseArgs {
    /// The database that the flag or a variable names, or the default.
    ///
    /// # Errors
    /// Says which flag or variable has an invalid URL.
    pub fn url(&self) -> Result<DatabaseUrl, String> {
        let (name, url) = match (&self.database_url, std::env::var("DATABASE_URL")) {
            (Some(url), _) => ("--database-url", url.clone()),
            (None, Ok(url)) => ("DATABASE_URL", url),
            (None, Err(_)) => ("the default", "sqlite://current-user.db".to_owned()),
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
        /// The flag that names the database.
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// List all migrations, and say which are applied.
    Status(DatabaseArgs),
}
