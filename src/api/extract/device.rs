//! The device that sent a request.

use poem::Request;
use poem::http::header::USER_AGENT;

use crate::account::session::Device;

/// The maximum number of characters of a `User-Agent` that are kept.
pub(crate) const MAX_USER_AGENT: usize = 512;

/// The device that sent the request.
pub(crate) fn device(request: &Request) -> Device {
    let user_agent = request.headers().get(USER_AGENT).map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        text.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT).collect()
    });
    let ip_address = request.remote_addr().as_socket_addr().map(|address| address.ip());
    Device { user_agent, ip_address }
}
