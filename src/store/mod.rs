//! The store: the database, its queries and its transactions. No rule about accounts lives
//! here.

mod busy;
mod connect;
mod database;
mod database_url;
mod effect;
pub(crate) mod expiry;
mod freshness;
pub(crate) mod job_queue;
mod migrations;
mod options;
pub mod personal_data;
mod postgres;
mod signals;
mod sqlite;
mod tables;
mod transaction;

pub use entity::outbox::Queue;

pub(crate) use busy::is_busy;
pub use connect::ConnectError;
pub use database::Store;
pub use database_url::DatabaseUrl;
use effect::{Effect, Effects};
use expiry::Expiring;
pub use freshness::{Freshness, Moment};
use job_queue::Job;
pub use options::{Observer, Options};
pub use personal_data::PersonalData;
pub use postgres::LEASE;
pub(crate) use tables::sessions::Active;
pub use tables::users::Profile;
pub(crate) use tables::users::SessionUser;
pub use tables::{
    avatars, emails, erasures, events, known_clients, one_time_tokens, outbox, passwords,
    phone_verifications, profiles, rate_limits, server_secret, sessions, users,
};
pub use transaction::{Read, Transaction};
