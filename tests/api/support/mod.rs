//! What the tests stand on.

mod arrivals;
mod client;
mod contract;
mod database;
mod dice;
mod inbox;
mod knowledge;
mod leaver;
mod mail;
mod nodes;
mod operations;
mod people;
mod pictures;
mod postgres;
mod random;
mod server;
mod sms;
mod smtp;
mod test_app;
mod tls;

pub(crate) use client::{Client, PASSWORD, Reply};
pub(crate) use database::{
    TestDatabase, every_database_url, on_every_database, on_sqlite, with_setup,
};
pub(crate) use dice::Dice;
pub(crate) use inbox::Inbox;
pub(crate) use leaver::Leaver;
pub(crate) use nodes::{Nodes, two_nodes};
pub(crate) use operations::{document, document_31, operations, resolve};
pub(crate) use people::Person;
pub(crate) use pictures::{Picture, SECRET, animated, bomb, plain_png};
pub(crate) use server::{Server, program};
pub(crate) use sms::SmsGateway;
pub(crate) use smtp::{Mailbox, Misbehaviour};
pub(crate) use test_app::{Setup, TestApp};
pub(crate) use tls::Authority;
