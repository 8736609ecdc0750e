//! The extractors, which read the arguments of operations from a request: the user, the body, the
//! preconditions, the device. No operation lives here.

pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod conditional;
pub(crate) mod device;
mod json;
pub(crate) use json::escape;
