//! The extractors, which read the arguments of operations from a request: the user, the body, the
//! preconditions, the device. No operation lives here.

pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod conditional;
mod context;
mod cookie;
pub(crate) mod device;
mod image;
mod json;
mod same_origin;
mod uploads;
pub(crate) use json::escape;

pub(crate) use auth::{CookieUser, CurrentProfile, CurrentUser, HeaderUser};
pub(crate) use body::Valid;
pub(crate) use conditional::{IfMatch, IfNoneMatch};
pub(crate) use context::{ApiContext, data};
pub(crate) use cookie::{end_session_cookie, set_device_cookie, set_session_cookie};
pub(crate) use device::device;
pub(crate) use image::ImageBody;
pub(crate) use same_origin::require_same_origin;
