//! The queries, one file per table. A query of one user's rows takes the user's id, so code
//! that omits it does not compile. Rules about accounts live elsewhere.

pub mod avatars;
pub mod emails;
pub mod erasures;
pub mod events;
pub mod one_time_tokens;
pub mod outbox;
pub mod passwords;
pub mod phone_verifications;
pub mod profiles;
pub mod sessions;
pub mod users;
