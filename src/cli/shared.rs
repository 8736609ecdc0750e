//! Flags that several commands take.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use super::durations::{keeping, session_duration};
use crate::value::PublicUrl;

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
