//! SQLite: one task writes for all, several connections read. Queries are the same as on
//! PostgreSQL, so none lives here.

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
