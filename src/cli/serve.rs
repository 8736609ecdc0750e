//! The flags of `serve`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

use super::database::DatabaseArgs;
use super::durations::{keeping, session_duration};
use super::message::MessageArgs;
use super::shared::{GraceArgs, IdleArgs, PublicArgs};
use crate::account::Policy;
use crate::api::AllowedOrigin;
use crate::service::ObjectStorageUrl;

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

/// More would only make those at the front wait for those at the end.
const LARGEST_BATCH: usize = 1024;

fn commit_batch(text: &str) -> Result<NonZero<usize>, String> {
    let count = text.parse().ok().filter(|count: &NonZero<usize>| count.get() <= LARGEST_BATCH);
    count.ok_or_else(|| format!("must be a number from 1 to {LARGEST_BATCH}"))
}
