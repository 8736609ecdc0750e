//! The phone number: setting, verifying and removing it. The forms of numbers and codes
//! are in [`crate::value`].

mod code_hash;
mod delete;
mod set;
mod verify;

pub(super) use code_hash::code_hash;
pub use delete::delete;
pub use set::set;
pub use verify::verify;
