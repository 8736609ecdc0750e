//! The password: changing it, proving it again, and resetting it with a token that was
//! mailed. The rules for new ones. Hashing is in [`crate::service`].

mod change;
mod reauthentication;
mod recovery;
mod recovery_tokens;
mod request_reset;
mod reset;
mod rules;

pub use change::change;
pub use reauthentication::{Reauthenticated, reauthenticate};
pub use recovery_tokens::{RecoveryToken, list_recovery_tokens, revoke_recovery_tokens};
pub use request_reset::request_reset;
pub use reset::reset;
pub use rules::PasswordRules;
