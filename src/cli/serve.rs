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

/// The address and port that `serve` listens on by default.
pub(crate) const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// The flags of `serve`.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// The flag that names the database.
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// The address and port to listen on. Port 0 takes a free one.
    #[arg(
        long,
        env = "CURRENT_USER_LISTEN",
        default_value_t = DEFAULT_LISTEN,
        value_name = "ADDRESS"
    )]
    pub listen: SocketAddr,

    /// The flag for the public URL.
    #[command(flatten)]
    pub public: PublicArgs,

    /// Where uploaded avatars are kept: a folder, which is created when it is needed, or
    /// `s3://BUCKET/PREFIX`, with the credentials in the usual `AWS_*` variables. All nodes
    /// need the same one.
    #[arg(
        long,
        env = "CURRENT_USER_AVATAR_STORE",
        default_value = "current-user-avatars",
        value_name = "PLACE"
    )]
    pub avatar_store: ObjectStorageUrl,

    /// The address and port of a second listener, for `GET /metrics` (OpenMetrics, for
    /// Prometheus). Let only your monitoring reach it. Without this flag, there are no
    /// metrics.
    #[arg(long, env = "CURRENT_USER_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,

    /// Serve a throw-away database with a demo user, and print a token of this user. Flags
    /// that name another database or avatar store have no effect.
    #[arg(long, env = "CURRENT_USER_DEMO", value_parser = BoolishValueParser::new())]
    pub demo: bool,

    /// How long a session lasts, however much it is used. From `10m` to `3650d`.
    #[arg(long, env = "CURRENT_USER_SESSION_LIFETIME", default_value = "30d", value_name = "DURATION", value_parser = session_duration)]
    pub session_lifetime: Duration,

    /// The flag for the idle timeout of sessions.
    #[command(flatten)]
    pub idle: IdleArgs,

    /// How long after proving the password a session may change email addresses and the
    /// phone number. After that, the user has to enter the password again.
    #[arg(long, env = "CURRENT_USER_REAUTHENTICATION_WINDOW", default_value = "15m", value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub reauthentication_window: Duration,

    /// The flag for the grace period of deletions.
    #[command(flatten)]
    pub grace: GraceArgs,

    /// How long the events of an account are kept (`GET /me/events`).
    #[arg(long, env = "CURRENT_USER_EVENT_RETENTION", default_value = "365d", value_name = "DURATION", value_parser = keeping)]
    pub event_retention: Duration,

    /// The origins whose pages may call the API, like `https://app.example.com`, separated
    /// by commas. `*` allows all. Without this flag, no origin is allowed.
    #[arg(long, env = "CURRENT_USER_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGINS")]
    pub cors_origins: Vec<AllowedOrigin>,

    /// How long the body of a request may take to arrive. After that, the reply is 408.
    #[arg(long, env = "CURRENT_USER_BODY_TIMEOUT", default_value = "10s", value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub body_timeout: Duration,

    /// How long a request waits for a database connection, a lock, or its turn to write, to
    /// hash a password or to resize an image. After that, the reply is 503.
    #[arg(long, env = "CURRENT_USER_QUEUE_TIMEOUT", default_value = "5s", value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub queue_timeout: Duration,

    /// The maximum memory for recently read users, in MiB. `GET /me` is answered from it. 0
    /// turns the cache off.
    #[arg(long, env = "CURRENT_USER_CACHE_MIB", default_value_t = 64, value_name = "MIB")]
    pub cache_mib: u32,

    /// The maximum number of changes that share one commit, and so one sync of the disk, on
    /// SQLite. From 1 to 1024.
    #[arg(long, env = "CURRENT_USER_COMMIT_BATCH", default_value = "128", value_name = "COUNT", value_parser = commit_batch)]
    pub commit_batch: NonZero<usize>,

    /// How long requests under way may take after SIGTERM or Ctrl-C. After that, they are
    /// cut off.
    #[arg(long, env = "CURRENT_USER_SHUTDOWN_TIMEOUT", default_value = "30s", value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub shutdown_timeout: Duration,

    /// The flags for messages.
    #[command(flatten)]
    pub message: MessageArgs,

    /// The level of the log (`error`, `warn`, `info`, `debug` or `trace`), or `tracing`
    /// directives like `warn,current_user=debug`. The log goes to standard error.
    #[arg(
        long,
        env = "CURRENT_USER_LOG",
        default_value = "info,sea_orm_migration=warn",
        value_name = "FILTER"
    )]
    pub log: tracing_subscriber::EnvFilter,

    /// The format of log lines.
    #[arg(long, env = "CURRENT_USER_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

impl ServeArgs {
    /// The rules for accounts that the flags set.
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

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text for people to read.
    Text,
    /// One JSON object per line.
    Json,
}

/// The maximum size of a batch. In a larger one, the first changes would only wait longer
/// for the last.
const LARGEST_BATCH: usize = 1024;

fn commit_batch(text: &str) -> Result<NonZero<usize>, String> {
    let count = text.parse().ok().filter(|count: &NonZero<usize>| count.get() <= LARGEST_BATCH);
    count.ok_or_else(|| format!("must be a number from 1 to {LARGEST_BATCH}"))
}
