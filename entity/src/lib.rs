//! SeaORM entities: one file a table, nothing but its columns and relations.

pub mod email;
pub mod password;
pub mod session;
pub mod user;
