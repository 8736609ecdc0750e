//! The command line: flags and environment become a validated configuration.

mod message;
pub mod users;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::account::Policy;
use crate::account::session::TOUCH_INTERVAL;
use crate::api::AllowedOrigin;
use crate::service::ObjectStorageUrl;
use crate::store::DatabaseUrl;
use crate::value::public_url::PublicUrl;

pub use message::MessageArgs;
use users::UsersAction;

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

/// When a session ends by itself.
#[derive(Clone, Debug, Args)]
pub struct IdleArgs {
    /// How long a session lives without being used.
    #[arg(long, env = "CURRENT_USER_SESSION_IDLE_TIMEOUT", default_value = "7d", value_name = "DURATION", value_parser = session_duration)]
    pub session_idle_timeout: Duration,
}

/// How long there is a way back.
#[derive(Clone, Debug, Args)]
pub struct GraceArgs {
    /// How long who has deleted their account can restore it, before everything that is
    /// held about them is erased. `0s` erases at once.
    #[arg(long, env = "CURRENT_USER_DELETION_GRACE", default_value = "30d", value_name = "DURATION", value_parser = keeping)]
    pub deletion_grace: Duration,
}

/// Where callers find the service.
#[derive(Clone, Debug, Args)]
pub struct PublicArgs {
    /// Where callers find the service, like `https://accounts.example.com`: what
    /// uploaded pictures' URLs, and links in messages, begin with. The address listened
    /// on by default.
    #[arg(long, env = "CURRENT_USER_PUBLIC_URL", value_name = "URL")]
    public_url: Option<PublicUrl>,
}

impl PublicArgs {
    /// Whether it was said.
    #[must_use]
    pub fn is_said(&self) -> bool {
        self.public_url.is_some()
    }

    /// The URL that was named, or that of the address listened on.
    #[must_use]
    pub fn url(&self, listened_on: SocketAddr) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| listened_on.into())
    }
}

/// The address listened on by default.
pub(crate) const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// Address and port to listen on; port 0 takes a free one.
    #[arg(
        long,
        env = "CURRENT_USER_LISTEN",
        default_value_t = DEFAULT_LISTEN,
        value_name = "ADDRESS"
    )]
    pub listen: SocketAddr,

    /// Where callers find the service.
    #[command(flatten)]
    pub public: PublicArgs,

    /// Where uploaded pictures are kept: a folder, made when it is needed, or
    /// `s3://BUCKET/PREFIX`, with the usual `AWS_*` variables. All nodes need the same.
    #[arg(
        long,
        env = "CURRENT_USER_AVATAR_STORE",
        default_value = "current-user-avatars",
        value_name = "PLACE"
    )]
    pub avatar_store: ObjectStorageUrl,

    /// Address and port of a listener for `GET /metrics` (OpenMetrics, for
    /// Prometheus), which is for nobody else to see. Off by default.
    #[arg(long, env = "CURRENT_USER_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,

    /// Serve a throw-away database with a demo user, and print a token for it,
    /// whatever --database-url says.
    #[arg(long, env = "CURRENT_USER_DEMO", value_parser = BoolishValueParser::new())]
    pub demo: bool,

    /// How long a session lives, however much it is used.
    #[arg(long, env = "CURRENT_USER_SESSION_LIFETIME", default_value = "30d", value_name = "DURATION", value_parser = session_duration)]
    pub session_lifetime: Duration,

    /// How long a session lives without being used.
    #[command(flatten)]
    pub idle: IdleArgs,

    /// How long a session may do what could take an account over (change email
    /// addresses or the phone number), after it has proved the password.
    #[arg(long, env = "CURRENT_USER_REAUTHENTICATION_WINDOW", default_value = "15m", value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub reauthentication_window: Duration,

    /// How long there is a way back.
    #[command(flatten)]
    pub grace: GraceArgs,

    /// How long it is remembered what happened to an account (`GET /me/events`).
    #[arg(long, env = "CURRENT_USER_EVENT_RETENTION", default_value = "365d", value_name = "DURATION", value_parser = keeping)]
    pub event_retention: Duration,

    /// Origins whose pages may call, like `https://app.example.com`, separated by
    /// commas; `*` for all. None by default.
    #[arg(long, env = "CURRENT_USER_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGINS")]
    pub cors_origins: Vec<AllowedOrigin>,

    /// How long the body of a request may take to arrive.
    #[arg(long, env = "CURRENT_USER_BODY_TIMEOUT", default_value = "10s", value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub body_timeout: Duration,

    /// How long a request waits for a database connection, a lock or its turn to
    /// write, or for its turn to hash a password, before it is told to come back (503).
    #[arg(long, env = "CURRENT_USER_QUEUE_TIMEOUT", default_value = "5s", value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub queue_timeout: Duration,

    /// Most memory, in MiB, for users who were read lately: `GET /me` is answered
    /// from it. 0 turns it off.
    #[arg(long, env = "CURRENT_USER_CACHE_MIB", default_value_t = 64, value_name = "MIB")]
    pub cache_mib: u32,

    /// Most changes that share one commit, and so one sync of the disk, on SQLite.
    #[arg(long, env = "CURRENT_USER_COMMIT_BATCH", default_value = "128", value_name = "COUNT", value_parser = commit_batch)]
    pub commit_batch: NonZero<usize>,

    /// How long requests under way may take when the server is told to stop.
    #[arg(long, env = "CURRENT_USER_SHUTDOWN_TIMEOUT", default_value = "30s", value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub shutdown_timeout: Duration,

    /// How messages are worded and sent.
    #[command(flatten)]
    pub message: MessageArgs,

    /// How much goes to the log (standard error): a level (`error`, `warn`, `info`,
    /// `debug`, `trace`) or `tracing` directives like `warn,current_user=debug`.
    #[arg(
        long,
        env = "CURRENT_USER_LOG",
        default_value = "info,sea_orm_migration=warn",
        value_name = "FILTER"
    )]
    pub log: tracing_subscriber::EnvFilter,

    /// How log lines are written.
    #[arg(long, env = "CURRENT_USER_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

impl ServeArgs {
    /// The rules for accounts.
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy {
            session_lifetime: self.session_lifetime,
            session_idle_timeout: self.idle.session_idle_timeout,
            reauthentication_window: self.reauthentication_window,
            deletion_grace: self.grace.deletion_grace,
            event_retention: self.event_retention,
        }
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
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

/// Shorter sessions would end between two writes of their last use.
const SHORTEST_SESSION: Duration = TOUCH_INTERVAL.saturating_mul(2);
/// Longer ones would leave the range of times that databases store.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

fn session_duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like `30d`, `12h` or `15m`"))?;
    if (SHORTEST_SESSION..=LONGEST).contains(&duration) {
        Ok(duration)
    } else {
        Err("must be between `10m` and `3650d`".to_owned())
    }
}

fn keeping(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like `30d` or `12h`, or `0s`"))?;
    if duration <= LONGEST { Ok(duration) } else { Err("must be at most `3650d`".to_owned()) }
}

/// More would only make those at the front wait for those at the end.
const LARGEST_BATCH: usize = 1024;

fn commit_batch(text: &str) -> Result<NonZero<usize>, String> {
    let count = text.parse().ok().filter(|count: &NonZero<usize>| count.get() <= LARGEST_BATCH);
    count.ok_or_else(|| format!("must be a number from 1 to {LARGEST_BATCH}"))
}
