//! The events of an account: listing them, and deleting old ones. Events are recorded by
//! the use cases that cause them.

mod forget;
mod list;

pub use forget::forget_old;
pub use list::{Page, list};
