//! The flags of `serve`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, ValueEnum};

use super::brand::BrandArgs;
use super::connections::ConnectionArgs;
use super::database::DatabaseArgs;
use super::durations::{keeping, session_duration};
use super::limits::LimitArgs;
use super::listen::address;
use super::log_filter::log_filter;
use super::message::MessageArgs;
use super::password::PasswordArgs;
use super::proxies::ProxyArgs;
use super::secret::SecretArgs;
use super::shared::{GraceArgs, IdleArgs, PublicArgs};
use crate::account::Policy;
use crate::account::password::PasswordRules;
use crate::api::AllowedOrigin;
use crate::service::ObjectStorageUrl;

/// The address and port that `serve` listens on by default.
pub(crate) const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// The flags of `serve`.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// The flags that name the database.
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// The address and port to listen on, like `0.0.0.0:8080`. A port alone, or `localhost` and a
    /// port, means 127.0.0.1. Port 0 takes a free one.
    #[arg(
        long,
        env = "CURRENT_USER_LISTEN",
        default_value_t = DEFAULT_LISTEN,
        value_name = "ADDRESS",
        value_parser = address
    )]
    pub listen: SocketAddr,

    /// The flags for the branding.
    #[command(flatten)]
    pub brand: BrandArgs,

    /// The flag for the public URL.
    #[command(flatten)]
    pub public: PublicArgs,

    /// Where uploaded avatars are kept: a folder, which is created when it is needed, or
    /// `s3://BUCKET/PREFIX`, with the credentials in the usual `AWS_*` variables. The service
    /// does not start if the folder can't be written or the bucket can't be reached. All nodes
    /// need the same one.
    #[arg(
        long,
        env = "CURRENT_USER_AVATAR_STORE",
        default_value = "current-user-avatars",
        value_name = "PLACE"
    )]
    pub avatar_store: ObjectStorageUrl,

    /// The address and port of a second listener, for `GET /metrics` (OpenMetrics, for
    /// Prometheus). It is written like that of --listen. Let only your monitoring reach it.
    /// Without this flag, there are no metrics.
    #[arg(long, env = "CURRENT_USER_METRICS_LISTEN", value_name = "ADDRESS", value_parser = address)]
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

    /// The flags for the rules of new passwords.
    #[command(flatten)]
    pub password: PasswordArgs,

    /// The flag for the grace period of deletions.
    #[command(flatten)]
    pub grace: GraceArgs,

    /// How long the events of an account are kept (`GET /me/events`).
    #[arg(long, env = "CURRENT_USER_EVENT_RETENTION", default_value = "365d", value_name = "DURATION", value_parser = keeping)]
    pub event_retention: Duration,

    /// `on` or `off`: whether the pages for developers are served: Swagger UI at `/docs`, and how
    /// to generate a client. The OpenAPI document and the list of problems are served in any case.
    #[arg(
        long,
        env = "CURRENT_USER_DOCS",
        default_value = "on",
        value_name = "SWITCH",
        action = ArgAction::Set,
        value_parser = BoolishValueParser::new()
    )]
    pub docs: bool,
    /// How long an account is kept whose user has verified no email address. The user gets a
    /// notice seven days before it is erased. `0s` keeps all accounts.
    #[arg(long, env = "CURRENT_USER_UNVERIFIED_RETENTION", default_value = "30d", value_name = "DURATION", value_parser = keeping)]
    pub unverified_retention: Duration,

    /// The origins whose pages may call the API, like `https://app.example.com`, separated
    /// by commas. `*` allows all. Without this flag, no origin is allowed.
    #[arg(long, env = "CURRENT_USER_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGINS")]
    pub cors_origins: Vec<AllowedOrigin>,

    /// The flags for connections.
    #[command(flatten)]
    pub connections: ConnectionArgs,

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

    /// The flags for reverse proxies.
    #[command(flatten)]
    pub proxies: ProxyArgs,

    /// The flags for messages.
    #[command(flatten)]
    pub message: MessageArgs,

    /// The flags for limits.
    #[command(flatten)]
    pub limits: LimitArgs,

    /// The flags for the server secret.
    #[command(flatten)]
    pub secret: SecretArgs,

    /// The level of the log (`error`, `warn`, `info`, `debug`, `trace` or `off`), or `tracing`
    /// directives like `warn,current_user=debug`. A target without a level, which means all its
    /// lines, must be `current_user`, `security` or a path with `::`. The log goes to standard
    /// error.
    #[arg(
        long,
        env = "CURRENT_USER_LOG",
        default_value = "info,sea_orm_migration=warn",
        value_name = "FILTER",
        value_parser = log_filter
    )]
    pub log: tracing_subscriber::EnvFilter,

    /// The format of log lines.
    #[arg(long, env = "CURRENT_USER_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

impl ServeArgs {
    /// Whether only this machine reaches the service, as far as the flags say. A reverse proxy on
    /// this machine lets others reach it as well.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.listen.ip().to_canonical().is_loopback()
            && !self.public.names_another_machine()
            && self.proxies.trusts_nobody()
    }

    /// Whether messages may go into the log: only this machine reaches the service, or it is a demo,
    /// or the operator has allowed it.
    #[must_use]
    pub fn may_log_messages(&self) -> bool {
        self.demo || self.is_local() || self.message.log_messages
    }

    /// The rules for accounts that the flags set.
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy {
            session_lifetime: self.session_lifetime,
            session_idle_timeout: self.idle.session_idle_timeout,
            reauthentication_window: self.reauthentication_window,
            deletion_grace: self.grace.deletion_grace,
            event_retention: self.event_retention,
            unverified_retention: self.unverified_retention,
            sms_countries: self.message.sms_countries(self.may_log_messages()),
            limits: self.limits.limits(),
        }
    }

    /// The rules for new passwords that the flags set.
    ///
    /// # Errors
    /// Says why the list of breached passwords can't be used.
    pub fn password_rules(&self) -> Result<PasswordRules, String> {
        self.password.rules(&self.brand.service_name, self.queue_timeout)
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
