//! PostgreSQL: a pool of connections, and the feed of what other nodes change. Queries are
//! the same as on SQLite, so none lives here.

mod change_feed;
mod connect;

pub(super) use change_feed::ChangeFeed;
pub use change_feed::LEASE;
pub(super) use connect::open;
