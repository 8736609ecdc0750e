//! The operations of the user who is logged in, a file per resource. The rules are in
//! [`crate::account`].

pub(crate) mod avatar;
pub(crate) mod emails;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod password;
pub(crate) mod phone_number;
pub(crate) mod profile;
pub(crate) mod reauthentication;
pub(crate) mod recovery_tokens;
pub(crate) mod sessions;
