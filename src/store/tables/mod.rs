//! Queries, a file per table. Each starts at its owner, so that forgetting the owner does
//! not compile.

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
