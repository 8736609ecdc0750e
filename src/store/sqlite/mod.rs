//! SQLite: one task writes for all requests, and several connections read. No query lives
//! here, because queries are the same as on PostgreSQL.

mod block_on;
mod connect;
mod group_commit;
mod job;
mod truncate_wal;
mod wal_index;
mod writer;

pub(super) use connect::open;
pub(super) use group_commit::GroupCommit;
pub(super) use truncate_wal::truncate_wal;
