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
mod changes;
mod client_address;
mod coherence;
mod command_line;
mod connections;
mod cookie_sessions;
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
mod framing;
mod full_disk;
mod group_commit;
mod health;
mod limits;
mod listener;
mod login;
mod logout;
mod me;
mod message;
mod metrics;
mod migrations;
mod new_passwords;
mod nodes;
mod one_time_tokens;
mod password;
mod password_hashes;
mod password_resets;
mod phone_number;
mod problems;
mod properties;
mod readme;
mod reauthentication;
mod recovery_tokens;
mod restart;
mod security_log;
mod sessions;
mod shutdown;
mod signup;
mod start;
mod statements;
mod support;
mod transport_security;
mod turns;
mod unverified;
mod users;
mod values;
