//! The device that sent a request.

use std::sync::Arc;

use poem::Request;
use poem::http::header::USER_AGENT;

use super::context::{ApiContext, data};
use super::cookie::device_id;
use crate::account::limits::Quotas;
use crate::account::session::Device;
use crate::api::middleware::client_address::ClientAddress;

/// The maximum number of characters of a `User-Agent` that are kept.
pub(crate) const MAX_USER_AGENT: usize = 512;

/// The device that sent the request.
pub(crate) fn device(request: &Request) -> Device {
    let user_agent = request.headers().get(USER_AGENT).map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        text.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT).collect()
    });
    let ip_address = request.data().map(|ClientAddress(address)| *address);
    let quotas = request.extensions().get::<Quotas>().cloned().unwrap_or_default();
    let context = data::<Arc<ApiContext>>(request).ok();
    let id = context.and_then(|context| device_id(request, &context.public_url));
    Device { user_agent, ip_address, id, quotas }
}
