//! The flags of the server secret.

use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;

/// The flags of the server secret.
#[derive(Clone, Debug, Args)]
pub struct SecretArgs {
    /// The file of the server secret: the key of the hashes that the database has of short
    /// secrets and of clients. The file is made if it does not exist. Keep a copy of it, apart
    /// from those of the database. All nodes need the same one.
    #[arg(
        long,
        env = "CURRENT_USER_SECRET_FILE",
        default_value = "current-user.secret",
        value_name = "FILE"
    )]
    pub secret_file: PathBuf,

    /// Use the database with another server secret from now on, because the old one is lost or
    /// was revealed. Codes that were sent stop working, and no client is known any more.
    #[arg(long, env = "CURRENT_USER_REPLACE_SECRET", value_parser = BoolishValueParser::new())]
    pub replace_secret: bool,
}
