//! The objects and replies that several operations share, as the document shows them. Text values
//! with rules of their own are in [`crate::value`].

pub(crate) mod avatar_url;
pub(crate) mod choice;
mod cookie_session;
pub(crate) mod event;
mod json;
pub(crate) mod log_in;
pub(crate) mod phone_number;
pub(crate) mod replies;
pub(crate) mod session;
pub(crate) mod shown;
pub mod timestamp;
pub(crate) mod user;
pub(crate) mod user_email;

pub(crate) use avatar_url::{AVATARS, avatar_url};
pub(crate) use choice::{Choice, UserStatus};
pub(crate) use cookie_session::CookieSession;
pub(crate) use event::Event;
pub(crate) use json::{Json, json_line};
pub(crate) use log_in::{LogIn, LogInResponse};
pub(crate) use replies::{Accepted, Me, NoContent, Updated};
pub(crate) use session::Session;
pub(crate) use shown::Shown;
pub use timestamp::Timestamp;
pub(crate) use user::Representation;
pub(crate) use user_email::UserEmail;
