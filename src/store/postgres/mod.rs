//! PostgreSQL: a pool of connections, and the feed of changes by other nodes. No query about
//! accounts lives here, because those are the same as on SQLite.

mod announcements;
mod change_feed;
mod change_table;
mod connect;
mod lease;

pub(super) use change_feed::ChangeFeed;
pub(super) use connect::open;
pub use lease::LEASE;
