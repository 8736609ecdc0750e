//! The code that the tests share.

mod arrivals;
mod breached_passwords;
mod client;
mod coherence;
mod connection;
mod contract;
mod database;
mod every_database;
mod full_user;
mod image_files;
mod images;
mod inbox;
mod mail;
mod nodes;
mod operations;
mod personal_data;
mod postgres;
mod random;
mod reply;
mod requests;
mod seeded_random;
mod server;
mod sms;
mod smtp;
mod test_app;
mod tls;
mod tokens;

pub(crate) use breached_passwords::write_breached_passwords;
pub(crate) use client::Client;
pub(crate) use coherence::ConcurrentUser;
pub(crate) use connection::{Connection, HTTP2, frame};
pub(crate) use database::TestDatabase;
pub(crate) use every_database::{
    OnDatabase, every_database, on_postgres, on_sqlite, postgres_only, sqlite_only, test_on,
};
pub(crate) use full_user::FullUser;
pub(crate) use images::{SECRET, TestImage, animated, bomb, plain_png};
pub(crate) use inbox::Inbox;
pub(crate) use macro_rules_attribute::apply;
pub(crate) use nodes::Nodes;
pub(crate) use operations::{document, document_31, operations, resolve};
pub(crate) use personal_data::PersonalTable;
pub(crate) use reply::{Reply, sorted_statuses};
pub(crate) use requests::PASSWORD;
pub(crate) use seeded_random::SeededRandom;
pub(crate) use server::{Server, program};
pub(crate) use sms::SmsGateway;
pub(crate) use smtp::{Mailbox, Misbehaviour};
pub(crate) use test_app::{Setup, TestApp};
pub(crate) use tls::Authority;
pub(crate) use tokens::{new_one_time_token, unknown_one_time_token};
