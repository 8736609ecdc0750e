//! Leaving: deletion, also of accounts that were never verified, undoing it within the grace
//! period, erasure with a receipt, and the export of personal data. The list of tables that
//! hold personal data is in [`crate::store`].

mod delete;
mod erase;
mod expire;
mod export;
mod receipt;
mod undo;

pub use delete::delete;
pub(super) use delete::schedule_erasure;
pub use erase::{erase_due, keep_erasing};
pub(super) use expire::erase_at;
pub use expire::expire_unverified;
pub use export::{Export, Held, export};
pub use receipt::{Erased, Receipt, receipt};
pub(super) use undo::{restorable_until, undo_deletion};
