//! What only the document shows: the objects and replies that several operations share. The
//! form of a text value is in [`crate::value`].

pub(crate) mod avatar_url;
pub(crate) mod choice;
pub(crate) mod event;
pub(crate) mod log_in;
pub(crate) mod phone_number;
pub(crate) mod replies;
pub(crate) mod session;
pub(crate) mod shown;
pub mod timestamp;
pub(crate) mod user;
pub(crate) mod user_email;
pub(crate) mod user_status;
