//! The layers that every request passes: its id and log line, the address of its client, CORS,
//! default headers, and the cache of `GET /me`. No operation lives here.

pub(crate) mod client_address;
pub(crate) mod cors;
pub(crate) mod headers;
mod host;
pub(crate) mod me_cache;
mod rate_limit_fields;
pub(crate) mod request;
