//! PostgreSQL: a pool of connections, and the feed of changes by other nodes. No query lives
//! here, because queries are the same as on SQLite.

mod change_feed;
mod connect;

pub(super) use change_feed::ChangeFeed;
pub use change_feed::LEASE;
pub(super) use connect::open;
