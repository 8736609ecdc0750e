//! URLs that stay on this machine.

use std::net::IpAddr;

use url::Url;

/// Whether a request to `url` stays on this machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    // The host is read as text, because `Url` parses IPv4 addresses only in http URLs.
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
