//! The flags for the rules of new passwords.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::account::password::PasswordRules;
use crate::service::BreachedPasswords;

/// The flags for the rules of new passwords.
#[derive(Clone, Debug, Args)]
pub struct PasswordArgs {
    /// A list of breached passwords, which are refused as new ones: the file that the Pwned
    /// Passwords downloader writes (SHA-1 hashes in order, in a single file). It is looked up on
    /// disk, and may be replaced at any time. Without this flag, only the most common passwords
    /// are refused.
    #[arg(long, env = "CURRENT_USER_BREACHED_PASSWORDS", value_name = "FILE")]
    breached_passwords: Option<PathBuf>,
}

impl PasswordArgs {
    /// The rules for new passwords. A look-up in the list that takes longer than `patience`
    /// fails.
    ///
    /// # Errors
    /// Says why the list can't be used.
    pub fn rules(&self, service_name: &str, patience: Duration) -> Result<PasswordRules, String> {
        let open = |path: &PathBuf| {
            let list = BreachedPasswords::open(path.clone(), patience);
            list.map_err(|fault| format!("--breached-passwords {} {fault}", path.display()))
        };
        let breached = self.breached_passwords.as_ref().map(open).transpose()?;
        Ok(PasswordRules::new(service_name, breached))
    }
}
