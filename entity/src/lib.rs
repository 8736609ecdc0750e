//! SeaORM entities: one file a table, nothing but its columns and relations.

pub mod avatar;
pub mod email;
pub mod erasure;
pub mod event;
pub mod one_time_token;
pub mod outbox;
pub mod password;
pub mod phone_verification;
pub mod session;
pub mod user;
