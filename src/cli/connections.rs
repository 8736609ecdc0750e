//! The flags for connections.

use std::num::NonZero;
use std::time::Duration;

use clap::Args;

use super::durations::waiting;
use crate::metrics::Metrics;
use crate::server::http::{ClientFilter, Settings, make_room};

/// The flags for connections.
#[derive(Clone, Debug, Args)]
pub struct ConnectionArgs {
    /// The maximum number of open connections. When almost all are taken, a new one closes one
    /// that is not used. If the system allows fewer open files, so many connections fit.
    #[arg(
        long,
        env = "CURRENT_USER_MAX_CONNECTIONS",
        default_value = "8192",
        value_name = "COUNT"
    )]
    pub max_connections: NonZero<usize>,

    /// The maximum number of open connections of one client: an IPv4 address, or a /64 network
    /// of IPv6. There is no such limit for this machine and for trusted proxies.
    #[arg(
        long,
        env = "CURRENT_USER_MAX_CONNECTIONS_PER_CLIENT",
        default_value = "256",
        value_name = "COUNT"
    )]
    pub max_connections_per_client: NonZero<usize>,

    /// How long the head of the first request on a connection may take to arrive. After that,
    /// the connection is closed.
    #[arg(long, env = "CURRENT_USER_HEAD_TIMEOUT", default_value = "20s", value_name = "DURATION", value_parser = waiting)]
    pub head_timeout: Duration,

    /// How long a connection stays open after a request until the head of the next one has
    /// arrived.
    #[arg(long, env = "CURRENT_USER_KEEP_ALIVE_TIMEOUT", default_value = "75s", value_name = "DURATION", value_parser = waiting)]
    pub keep_alive_timeout: Duration,

    /// How long a client may leave a reply unread. After that, the connection is closed.
    #[arg(long, env = "CURRENT_USER_WRITE_TIMEOUT", default_value = "30s", value_name = "DURATION", value_parser = waiting)]
    pub write_timeout: Duration,
}

impl ConnectionArgs {
    /// The settings of the HTTP server. Raises the limit of open files as far as needed. The
    /// addresses in `proxies` have no limit of their own, and neither has this machine.
    #[must_use]
    pub fn settings(&self, proxies: ClientFilter, metrics: Metrics) -> Settings {
        let wanted = self.max_connections;
        let fit = NonZero::new(make_room(wanted.get())).unwrap_or(wanted);
        if fit < wanted {
            tracing::warn!(
                "the limit of open files (`ulimit -n`) leaves room for {fit} connections, \
                 and not for {wanted} (--max-connections)"
            );
        }
        Settings {
            head_timeout: self.head_timeout,
            keep_alive_timeout: self.keep_alive_timeout,
            write_timeout: self.write_timeout,
            connections: fit,
            connections_per_client: self.max_connections_per_client,
            proxies: ClientFilter::new(move |address| {
                address.is_loopback() || proxies.includes(address)
            }),
            metrics,
        }
    }
}
