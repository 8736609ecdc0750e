//! What every request passes: its id and log line, cross-origin permissions, headers, and the
//! cache of `GET /me`. No operation lives here.

pub(crate) mod cors;
pub(crate) mod headers;
pub(crate) mod me_cache;
pub(crate) mod request;
