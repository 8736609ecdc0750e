//! Leaving: deletion, restoring within the grace period, erasure with a receipt, and the
//! export of personal data. The list of tables that hold personal data is in
//! [`crate::store`].

mod delete;
mod erase;
mod export;
mod receipt;
mod restore;
mod undo;

pub use delete::delete;
pub(super) use delete::schedule_erasure;
pub use erase::{erase_due, keep_erasing};
pub use export::{Export, Held, export};
pub use receipt::{Erased, Receipt, receipt};
pub use restore::restore;
pub(super) use undo::{restorable_until, undo_deletion};
