//! The objects and replies that several operations share, as the document shows them. Text values
//! with rules of their own are in [`crate::value`].

pub(crate) mod avatar_url;
pub(crate) mod choice;
pub(crate) mod event;
pub(crate) mod log_in;
pub(crate) mod replies;
pub(crate) mod session;
pub mod timestamp;
pub(crate) mod user;
pub(crate) mod user_email;
pub(crate) mod user_status;
