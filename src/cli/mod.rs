//! The command line: flags and environment variables become a validated configuration, and
//! the `users` commands run here. Serving is in [`crate::server`].

use clap::{Parser, Subcommand};

pub mod brand;
pub mod connections;
mod database;
pub mod demo;
mod durations;
pub mod limits;
mod listen;
mod log_filter;
pub mod message;
pub mod password;
pub mod proxies;
pub mod secret;
mod secret_flag;
pub mod serve;
mod shared;
pub mod users;

pub use database::{DatabaseArgs, MigrateAction};
pub use limits::LimitArgs;
pub use message::MessageArgs;
pub use password::PasswordArgs;
pub use proxies::ProxyArgs;
pub use secret::SecretArgs;
pub use serve::{LogFormat, ServeArgs};
pub use shared::{GraceArgs, IdleArgs, PublicArgs};
pub use users::UsersAction;

/// The `/me` that every product with accounts needs, as one program: users sign up, log in,
/// read and change their profile, list and end their sessions, and delete their account.
///
/// Without a command, it serves. Each flag of `serve` can also be set by an environment
/// variable. When both are set, the flag wins.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Cli {
    /// The command. The default is `serve`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of `serve`.
    #[command(flatten)]
    pub serve: Box<ServeArgs>,
}

const EXAMPLES: &str = "\
Examples:
  current-user --demo                      try it: a throw-away database, a demo user, a token
  current-user --database-url-file /run/secrets/database-url
                                           serve with the database that the file names
  current-user openapi > openapi.yaml      the OpenAPI document, for client generators
  current-user migrate status              list the migrations, applied and pending
  current-user users ban ada@example.com   end all sessions of a user, and refuse new ones";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API. This is the default command.
    Serve(Box<ServeArgs>),
    /// Print the OpenAPI document, the same bytes as openapi.yaml.
    Openapi,
    /// Apply, revert or list the migrations of the database schema.
    #[command(subcommand)]
    Migrate(MigrateAction),
    /// List, show, invite, ban, unban and delete users, and end their sessions.
    #[command(subcommand)]
    Users(Box<UsersAction>),
}
