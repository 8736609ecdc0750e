//! The events of an account: listing them, and deleting old ones. Events are recorded by
//! the use cases that cause them.

mod delete_old;
mod list;
mod make_room;

pub use delete_old::delete_old_events;
pub use list::{Page, list};
pub(super) use make_room::make_room;
