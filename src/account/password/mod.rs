//! The password: changing it, proving it again, and resetting it with a token that was
//! mailed. Hashing is in [`crate::service`].

mod change;
mod reauthentication;
mod recovery;
mod request_reset;
mod reset;

pub use change::change;
pub use reauthentication::reauthenticate;
pub use request_reset::request_reset;
pub use reset::reset;
