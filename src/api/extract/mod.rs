//! The extractors, which read the arguments of operations from a request: the user, the body, the
//! preconditions, the device. No operation lives here.

pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod conditional;
mod context;
pub(crate) mod device;
mod json;
pub(crate) use json::escape;

pub(crate) use auth::{CurrentProfile, CurrentUser};
pub(crate) use body::{Image, Valid};
pub(crate) use conditional::{IfMatch, IfNoneMatch};
pub(crate) use context::ApiContext;
pub(crate) use device::device;
