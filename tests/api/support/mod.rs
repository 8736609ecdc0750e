//! What the tests stand on.

mod client;
mod contract;
mod database;
mod postgres;
mod random;
mod server;
mod test_app;

pub(crate) use client::{Client, Reply};
pub(crate) use database::{every_database_url, on_every_database};
pub(crate) use server::{Server, program};
pub(crate) use test_app::{PASSWORD, TestApp};
