//! The operations that need no token, and logging out, a file per resource. The rules are in
//! [`crate::account`].

pub(crate) mod avatars;
pub(crate) mod cookie_sessions;
pub(crate) mod email_verifications;
pub(crate) mod erasures;
pub(crate) mod health;
pub(crate) mod log_in;
pub(crate) mod one_time_tokens;
pub(crate) mod password_resets;
pub(crate) mod restore;
pub(crate) mod sign_up;
