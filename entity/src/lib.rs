//! SeaORM entities: the columns and relations of each table, one file per table. No query
//! lives here.

pub mod avatar;
pub mod email;
pub mod erasure;
pub mod event;
pub mod known_client;
pub mod one_time_token;
pub mod outbox;
pub mod password;
pub mod phone_verification;
pub mod rate_limit;
pub mod server_secret;
pub mod session;
mod stored_enum;
pub mod user;

pub use stored_enum::StoredEnum;
