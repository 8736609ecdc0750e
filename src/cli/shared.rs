//! Flags that several commands take.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use super::durations::{keeping, session_duration};
use crate::value::PublicUrl;

/// The flag for the idle timeout of sessions.
#[derive(Clone, Debug, Args)]
pub struct IdleArgs {
    /// How long a session lasts without being used. From `10m` to `3650d`.
    #[arg(long, env = "CURRENT_USER_SESSION_IDLE_TIMEOUT", default_value = "7d", value_name = "DURATION", value_parser = session_duration)]
    pub session_idle_timeout: Duration,
}

/// The flag for the grace period of deletions.
#[derive(Clone, Debug, Args)]
pub struct GraceArgs {
    /// How long a deleted account can be restored. After that, everything that is stored about the
    /// user is erased. `0s` erases it at once.
    #[arg(long, env = "CURRENT_USER_DELETION_GRACE", default_value = "30d", value_name = "DURATION", value_parser = keeping)]
    pub deletion_grace: Duration,
}

/// The flag for the public URL.
#[derive(Clone, Debug, Args)]
pub struct PublicArgs {
    /// The URL at which callers reach the service, like `https://accounts.example.com`. The
    /// URLs of uploaded avatars and the links in messages begin with it. The default is
    /// `http://` and the address listened on.
    #[arg(long, env = "CURRENT_USER_PUBLIC_URL", value_name = "URL")]
    public_url: Option<PublicUrl>,
}

impl PublicArgs {
    /// Whether the URL was set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.public_url.is_some()
    }

    /// Whether the URL says that other machines reach the service.
    #[must_use]
    pub fn names_another_machine(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| !url.is_loopback())
    }

    /// The URL that was set, or that of the address listened on.
    #[must_use]
    pub fn url(&self, listened_on: SocketAddr) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| listened_on.into())
    }
}
