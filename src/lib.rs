//! The current-user service: the `/me` that every product with accounts needs.
//!
//! A request walks one way: [`api`] knows HTTP and no SQL, [`account`] knows
//! the rules and no HTTP, [`store`] knows queries and no rules. [`message`] words
//! what people get by mail and SMS, and sends it.

pub mod account;
pub mod api;
pub mod cli;
pub mod clock;
pub mod message;
pub mod metrics;
pub mod random;
pub mod server;
pub mod service;
pub mod store;

/// Text values, a crate of their own because the entities use them too.
pub use value;
