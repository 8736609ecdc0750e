//! Sessions: logging in, restoring a deleted account, opening a session by its token, listing
//! and ending sessions. The form of a token is in [`crate::value::token`].

mod activity;
mod authenticate;
mod credentials;
pub mod current;
mod device_name;
mod known_client;
mod list;
mod open;
mod refusals;
mod revoke;
mod start;
mod throttle;

pub use activity::SessionActivity;
pub use authenticate::authenticate;
pub(super) use authenticate::use_now;
pub use credentials::Credentials;
pub use current::{CurrentSession, Device, TOUCH_INTERVAL};
pub use known_client::KNOWN_FOR;
pub(super) use known_client::{recognise, remember};
pub use list::list;
pub use open::{Opening, open};
pub use refusals::Refusals;
pub(super) use refusals::forget as forget_refusals;
pub use revoke::{revoke, revoke_others};
pub use start::{LoggedIn, MAX_SESSIONS};
