//! The command line: flags and environment become a validated configuration, and the
//! commands other than serving run here.

use clap::{Parser, Subcommand};

pub mod database;
pub mod demo;
mod durations;
pub mod message;
pub mod serve;
mod shared;
pub mod users;

pub use database::{DatabaseArgs, MigrateAction};
pub use message::MessageArgs;
pub use serve::{LogFormat, ServeArgs};
pub use shared::{GraceArgs, IdleArgs, PublicArgs};
pub use users::UsersAction;

/// The `/me` that every product with accounts needs, as one binary: people sign
/// up, log in, read and change their profile, see and end their sessions, and
/// delete their account.
///
/// Without a command it serves. Every flag for serving can also be set as an
/// environment variable; the flag wins.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do; to serve, if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to serve.
    #[command(flatten)]
    pub serve: Box<ServeArgs>,
}

const EXAMPLES: &str = "\
Examples:
  current-user --demo                      try it: a throw-away database, a user, a token
  current-user --listen 0.0.0.0:8080       serve on every interface, with SQLite
  current-user --database-url postgres://current_user:secret@db.example.com/current_user
  current-user openapi > openapi.yaml      the OpenAPI document, for client generators
  current-user migrate status              which migrations the database has
  current-user users ban ada@example.com   log somebody out, and keep them out";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer requests (what happens without a command).
    Serve(Box<ServeArgs>),
    /// Print the OpenAPI document, the bytes of openapi.yaml.
    Openapi,
    /// Bring the database schema up or down.
    #[command(subcommand)]
    Migrate(MigrateAction),
    /// List, invite, ban and delete users, and end their sessions.
    #[command(subcommand)]
    Users(UsersAction),
}
