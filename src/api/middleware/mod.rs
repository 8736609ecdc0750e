//! The layers that every request passes: its id and log line, CORS, default headers, and the cache
//! of `GET /me`. No operation lives here.

pub(crate) mod cors;
pub(crate) mod headers;
pub(crate) mod me_cache;
pub(crate) mod request;
