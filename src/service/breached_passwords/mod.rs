//! Breached passwords: the list of Pwned Passwords, which is looked up in its file.
//!
//! Nothing of the list is kept in memory, and nothing leaves the machine.

mod fault;
mod line;
mod list;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha1::{Digest as _, Sha1};
use tokio::sync::Semaphore;
use tokio::time::timeout;

pub use fault::ListFault;
use line::Hash;
use list::{List, Version};

use crate::value::{NewPassword, TextValue as _};

/// The maximum number of look-ups at once. Each occupies a thread while it reads the disk.
const AT_ONCE: usize = 8;

/// The list could not be looked up. The log says why. The same request may work later.
#[derive(Debug, thiserror::Error)]
#[error("the list of breached passwords can't be looked up")]
pub struct LookUpError;

/// The list of breached passwords.
///
/// Each look-up opens the file, so the operator may replace it while the service runs. A file
/// that has changed is checked again first.
#[derive(Clone, Debug)]
pub struct BreachedPasswords {
    path: Arc<Path>,
    patience: Duration,
    permits: Arc<Semaphore>,
    /// The version of the file that was checked last, and found good.
    checked: Arc<Mutex<Option<Version>>>,
}

impl BreachedPasswords {
    /// Checks the file at `path`. A look-up that takes longer than `patience` fails.
    ///
    /// # Errors
    /// Says why the file can't be used, and what to do.
    pub fn open(path: PathBuf, patience: Duration) -> Result<Self, ListFault> {
        let list = Self {
            path: path.into(),
            patience,
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            checked: Arc::default(),
        };
        list.open_checked()?;
        Ok(list)
    }

    /// Whether `password` is in the list.
    ///
    /// # Errors
    /// When the file can't be read any more, or is no such list any more. To accept passwords
    /// without the check would be a failure that nobody notices.
    pub async fn contains(&self, password: &NewPassword) -> Result<bool, LookUpError> {
        let hash: Hash = Sha1::digest(password.as_str()).into();
        match timeout(self.patience, self.look_up(hash)).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(fault)) => {
                tracing::error!(
                    "--breached-passwords {} {fault}; until then, new passwords are refused",
                    self.path.display()
                );
                Err(LookUpError)
            }
            Err(_) => {
                tracing::warn!("looking up a breached password took longer than --queue-timeout");
                Err(LookUpError)
            }
        }
    }

    async fn look_up(&self, hash: Hash) -> Result<bool, ListFault> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let list = self.clone();
        let found = tokio::task::spawn_blocking(move || {
            let found = list.open_checked()?.contains(&hash);
            // A look-up that hangs keeps its permit, so that only a few threads can hang.
            drop(permit);
            found
        });
        found.await.map_err(|error| ListFault::Unreadable(error.into()))?
    }

    /// Opens the file. If it is not the version that was checked last, it is checked.
    fn open_checked(&self) -> Result<List, ListFault> {
        let list = List::open(&self.path)?;
        let version = list.version();
        let is_checked = || self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_checked() != Some(version) {
            list.check()?;
            *is_checked() = Some(version);
        }
        Ok(list)
    }
}
