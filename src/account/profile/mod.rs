//! The profile of the user of a session: reading and changing it. What a property may
//! look like is in [`crate::value`].

mod precondition;
mod read;
mod update;

pub use precondition::Precondition;
pub(super) use precondition::check;
pub use read::{Reading, read};
pub use update::{Patch, ProfilePatch, update};
