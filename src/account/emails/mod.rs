//! Email addresses: adding, verifying, choosing and removing them. The form of an address
//! is in [`crate::value::email`].

mod add;
mod delete;
mod find;
mod refuse;
mod send_verification;
mod set_default;
mod verify;

pub use add::{MAX_EMAILS, add};
pub use delete::delete;
pub use find::list;
pub use refuse::refuse;
pub(super) use send_verification::SIGN_UPS;
pub use send_verification::send_verification;
pub use set_default::set_default;
pub use verify::verify;
pub(super) use verify::{lock_claimants, prove};
