//! The commands that administer users.

use clap::{Args, Subcommand};
use entity::user::Status;
use sea_orm::{ActiveEnum as _, Iterable as _};
use uuid::Uuid;

use crate::account::administration::UserReference;
use crate::cli::database::DatabaseArgs;
use crate::cli::shared::{GraceArgs, IdleArgs, PublicArgs};
use crate::value::{Email, Locale, Name, TextValue as _};

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum UsersAction {
    /// List users, newest first.
    List {
        /// Only users with this status: pending, active, deleted, invited or banned.
        #[arg(long, value_name = "STATUS", value_parser = status)]
        status: Option<Status>,
        /// Most users to list.
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
        limit: u64,
        /// Only users who were created before the one with this id: to go on where
        /// another list ended.
        #[arg(long, value_name = "ID")]
        after: Option<Uuid>,
        /// How.
        #[command(flatten)]
        common: CommonArgs,
    },
    /// Show all of a user: profile, email addresses, sessions.
    Show(Target),
    /// Create a user without a password, and mail them a token that sets one.
    ///
    /// The mail is written in the language of the user, and sent by a server that runs
    /// on the same database. Inviting somebody again sends another.
    Invite {
        /// Where to mail the invitation. Becomes the default address.
        #[arg(value_name = "EMAIL", value_parser = Email::parse)]
        email: Email,
        /// Display name. By default what stands before the `@`.
        #[arg(long, value_name = "NAME", value_parser = Name::parse)]
        name: Option<Name>,
        /// Language and region that the user reads in, like `en-GB`.
        #[arg(long, value_name = "TAG", value_parser = Locale::parse)]
        locale: Option<Locale>,
        /// How.
        #[command(flatten)]
        common: CommonArgs,
    },
    /// Lock a user out: their sessions end, and they can't log in any more.
    Ban(Target),
    /// Let a user in again who was banned.
    Unban(Target),
    /// Delete a user, as they could themselves.
    Delete {
        /// Don't ask first.
        #[arg(long)]
        yes: bool,
        /// How long there is a way back.
        #[command(flatten)]
        grace: GraceArgs,
        /// Whom, and how.
        #[command(flatten)]
        target: Target,
    },
    /// List the sessions of a user that work right now, or end them.
    Sessions {
        /// End the session with this id.
        #[arg(long, value_name = "ID", conflicts_with = "end_all")]
        end: Option<Uuid>,
        /// End all sessions of the user.
        #[arg(long)]
        end_all: bool,
        /// Whose, and how.
        #[command(flatten)]
        target: Target,
    },
}

impl UsersAction {
    /// How it is to be done.
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

/// A user.
#[derive(Debug, Args)]
pub struct Target {
    /// The user's id, or an email address of theirs.
    #[arg(value_name = "USER")]
    pub user: UserReference,
    /// How.
    #[command(flatten)]
    pub common: CommonArgs,
}

/// What all these commands take.
#[derive(Debug, Args)]
pub struct CommonArgs {
    /// Print JSON, with the properties that the OpenAPI document names.
    #[arg(long)]
    pub json: bool,
    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Which sessions are alive.
    #[command(flatten)]
    pub idle: IdleArgs,
    /// Where pictures are found.
    #[command(flatten)]
    pub public: PublicArgs,
}

fn status(text: &str) -> Result<Status, String> {
    Status::try_from_value(&text.to_owned()).map_err(|_| {
        let statuses: Vec<String> = Status::iter().map(|status| status.to_value()).collect();
        format!("must be one of {}", statuses.join(", "))
    })
}
