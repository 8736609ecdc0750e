//! The profile of the user of a session: reading and changing it. The forms of its
//! properties are in [`crate::value`].

mod precondition;
mod read;
mod update;

pub use precondition::Precondition;
pub(super) use precondition::check;
pub use read::{Reading, read};
pub use update::{Patch, ProfilePatch, update};
