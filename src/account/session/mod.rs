//! Sessions: logging in, opening a session by its token, listing and ending sessions. The
//! form of a token is in [`crate::value::token`].

mod activity;
mod authenticate;
pub mod current;
mod list;
mod log_in;
mod revoke;
mod start;

pub use activity::SessionActivity;
pub use authenticate::authenticate;
pub(super) use authenticate::use_now;
pub use current::{CurrentSession, Device, TOUCH_INTERVAL};
pub use list::list;
pub use log_in::{Credentials, log_in};
pub(super) use log_in::{lock_proved, verify_credentials};
pub use revoke::{revoke, revoke_others};
pub(super) use start::start;
pub use start::{LoggedIn, MAX_SESSIONS};
