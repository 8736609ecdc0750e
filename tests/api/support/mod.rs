//! What the tests stand on.

mod client;
mod contract;
mod database;
mod dice;
mod knowledge;
mod nodes;
mod operations;
mod people;
mod postgres;
mod random;
mod server;
mod test_app;

pub(crate) use client::{Client, PASSWORD, Reply};
pub(crate) use database::{every_database_url, on_every_database, on_sqlite, with_setup};
pub(crate) use dice::Dice;
pub(crate) use nodes::{Nodes, two_nodes};
pub(crate) use operations::{document, document_31, operations};
pub(crate) use people::Person;
pub(crate) use server::{Server, program};
pub(crate) use test_app::{Setup, TestApp};
