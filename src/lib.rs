//! The current-user service: the `/me` that every product with accounts needs.
//!
//! A request passes three layers. [`api`] handles HTTP and contains no SQL, [`account`]
//! contains the rules and no HTTP, and [`store`] contains the queries and no rules.
//! [`message`] composes and sends mail and SMS.

pub mod account;
pub mod api;
pub mod cli;
pub mod clock;
mod language;
pub mod message;
pub mod metrics;
pub mod random;
pub mod server;
pub mod service;
pub mod store;

/// Text values. They are a separate crate, because the entities use them too.
pub use value;
