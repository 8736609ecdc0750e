//! The phone number: setting, verifying and removing it. The forms of numbers and codes
//! are in [`crate::value`].

mod delete;
mod set;
mod verify;

pub use delete::delete;
pub use set::set;
pub use verify::verify;
