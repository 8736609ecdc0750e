//! The flags and arguments of the `users` commands.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use entity::StoredEnum as _;
use entity::user::Status;
use uuid::Uuid;

use crate::account::administration::UserReference;
use crate::cli::database::DatabaseArgs;
use crate::cli::log_filter::log_filter;
use crate::cli::serve::LogFormat;
use crate::cli::shared::{GraceArgs, IdleArgs, PublicArgs};
use crate::value::{Email, Locale, Name, TextValue as _};

/// The commands under `users`.
#[derive(Debug, Subcommand)]
pub enum UsersAction {
    /// List users, newest first.
    List {
        /// List only users with this status: pending, active, deleted, invited or banned.
        #[arg(long, value_name = "STATUS", value_parser = status)]
        status: Option<Status>,
        /// The maximum number of users to list.
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
        limit: u64,
        /// List only users who were created before the user with this id. To continue a
        /// list, use the last id in it.
        #[arg(long, value_name = "ID")]
        after: Option<Uuid>,
        /// The flags of all `users` commands.
        #[command(flatten)]
        common: CommonArgs,
    },
    /// Show a user: the profile, all email addresses and the number of sessions.
    Show(Target),
    /// Create a user without a password, and mail them a token that sets one.
    ///
    /// The mail is in the language of the user. A running node on the same database sends it.
    /// Inviting the same address again sends another mail.
    Invite {
        /// The address that gets the invitation. It becomes the default address of the
        /// user.
        #[arg(value_name = "EMAIL", value_parser = Email::parse)]
        email: Email,
        /// The display name. The default is the part of the address before the `@`.
        #[arg(long, value_name = "NAME", value_parser = Name::parse)]
        name: Option<Name>,
        /// The language and region of the user, like `en-GB`.
        #[arg(long, value_name = "TAG", value_parser = Locale::parse)]
        locale: Option<Locale>,
        /// The flags of all `users` commands.
        #[command(flatten)]
        common: CommonArgs,
    },
    /// Ban a user: all their sessions end, and they can't log in.
    Ban(Target),
    /// End the ban of a user, so that they can log in again.
    Unban(Target),
    /// Delete a user, as if they deleted their account themselves.
    Delete {
        /// Delete the user without asking for confirmation.
        #[arg(long)]
        yes: bool,
        /// The flag for the grace period of deletions.
        #[command(flatten)]
        grace: GraceArgs,
        /// The user, and the flags of all `users` commands.
        #[command(flatten)]
        target: Target,
    },
    /// List the active sessions of a user, or end sessions.
    Sessions {
        /// End the session with this id.
        #[arg(long, value_name = "ID", conflicts_with = "end_all")]
        end: Option<Uuid>,
        /// End all sessions of the user.
        #[arg(long)]
        end_all: bool,
        /// The user, and the flags of all `users` commands.
        #[command(flatten)]
        target: Target,
    },
}

impl UsersAction {
    /// The flags of all `users` commands.
    #[must_use]
    pub fn common(&self) -> &CommonArgs {
        match self {
            Self::List { common, .. } | Self::Invite { common, .. } => common,
            Self::Show(target)
            | Self::Ban(target)
            | Self::Unban(target)
            | Self::Delete { target, .. }
            | Self::Sessions { target, .. } => &target.common,
        }
    }
}

/// The user that a command is about, and the flags of all `users` commands.
#[derive(Debug, Args)]
pub struct Target {
    /// The id of the user, one of their email addresses, or `log:` and the name that the
    /// security log has for the account.
    #[arg(value_name = "USER")]
    pub user: UserReference,
    /// The flags of all `users` commands.
    #[command(flatten)]
    pub common: CommonArgs,
}

/// The flags of all `users` commands.
#[derive(Debug, Args)]
pub struct CommonArgs {
    /// Print JSON, with the property names of the OpenAPI document.
    #[arg(long)]
    pub json: bool,
    /// The flags that name the database.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The flag for the idle timeout: it decides which sessions are active.
    #[command(flatten)]
    pub idle: IdleArgs,
    /// The flag for the public URL: the URLs of uploaded avatars begin with it.
    #[command(flatten)]
    pub public: PublicArgs,
    /// The file of the server secret, which names accounts in the security log. It is not made.
    #[arg(
        long,
        env = "CURRENT_USER_SECRET_FILE",
        default_value = "current-user.secret",
        value_name = "FILE"
    )]
    pub secret_file: PathBuf,
    /// Which log lines are written to standard error, like `security=info`; see `serve --help`.
    #[arg(
        long,
        env = "CURRENT_USER_LOG",
        default_value = "off",
        value_name = "FILTER",
        value_parser = log_filter
    )]
    pub log: tracing_subscriber::EnvFilter,
    /// The format of log lines: `text` or `json`.
    #[arg(
        long,
        env = "CURRENT_USER_LOG_FORMAT",
        default_value = "text",
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    pub log_format: LogFormat,
}

fn status(text: &str) -> Result<Status, String> {
    let statuses = || Status::values().iter().map(Status::text).collect::<Vec<_>>().join(", ");
    Status::from_text(text).ok_or_else(|| format!("must be one of {}", statuses()))
}
