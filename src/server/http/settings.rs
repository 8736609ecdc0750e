//! The settings of the HTTP server.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use crate::metrics::Metrics;

/// The settings of the HTTP server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long the head of the first request may take to arrive, from when the connection is
    /// opened.
    pub head_timeout: Duration,
    /// How long a connection may stay open after its last request.
    pub keep_alive_timeout: Duration,
    /// How long a client may leave a reply unread.
    pub write_timeout: Duration,
    /// The maximum number of connections.
    pub connections: NonZero<usize>,
    /// The maximum number of connections of one client.
    pub connections_per_client: NonZero<usize>,
    /// The addresses that stand for many clients, and have no limit of their own: reverse
    /// proxies.
    pub proxies: ClientFilter,
    /// Counts connections.
    pub metrics: Metrics,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(20),
            keep_alive_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            connections: const { NonZero::new(8192).unwrap() },
            connections_per_client: const { NonZero::new(256).unwrap() },
            proxies: ClientFilter::loopback(),
            metrics: Metrics::default(),
        }
    }
}

/// Decides about the address of a client.
#[derive(Clone)]
pub struct ClientFilter(Arc<dyn Fn(IpAddr) -> bool + Send + Sync>);

impl ClientFilter {
    /// The addresses for which `includes` is true. An IPv4 address is passed as such, even if the
    /// client reached an IPv6 socket.
    pub fn new(includes: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(includes))
    }

    /// The addresses of this machine.
    #[must_use]
    pub fn loopback() -> Self {
        Self::new(|address| address.is_loopback())
    }

    /// Whether the filter includes the address.
    #[must_use]
    pub fn includes(&self, address: IpAddr) -> bool {
        self.0(address.to_canonical())
    }
}

impl fmt::Debug for ClientFilter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientFilter")
    }
}
