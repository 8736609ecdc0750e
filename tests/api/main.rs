//! The service as its clients see it: the real application over real HTTP. Each test has its
//! own database, and runs on SQLite and on PostgreSQL (`#[apply(every_database)]`).
//!
//! The files mirror the URLs.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod avatar;
mod cache;
mod coherence;
mod command_line;
mod cors;
mod crash;
mod deletion;
mod delivery;
mod demo;
mod docs;
mod document;
mod emails;
mod erasure;
mod erasure_crash;
mod events;
mod examples;
mod export;
mod full_disk;
mod group_commit;
mod health;
mod listener;
mod login;
mod logout;
mod me;
mod message;
mod metrics;
mod migrations;
mod nodes;
mod password;
mod password_resets;
mod phone_number;
mod problems;
mod properties;
mod readme;
mod reauthentication;
mod restart;
mod sessions;
mod signup;
mod statements;
mod support;
mod users;
