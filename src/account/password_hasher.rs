//! Hashing passwords, and checking them against their hashes.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{Ident, Output, PasswordHash, Salt};
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::AccountError;
use super::password::{NewPassword, Password};
use super::value::TextValue as _;
use crate::random::Random;

/// Memory in KiB, passes and lanes: OWASP Password Storage Cheat Sheet.
const PARAMS: (u32, u32, u32) = (19_456, 2, 1);

/// Hashes and checks passwords with argon2id, off the async threads and never
/// on all cores at once, so that a storm of logins leaves room for the rest.
#[derive(Clone)]
pub struct PasswordHasher {
    permits: Arc<Semaphore>,
    patience: Duration,
    argon2: Argon2<'static>,
    /// The hash of no password, in the form of all others: checking against it
    /// takes as long as checking a real one.
    decoy: PasswordHash,
}

impl PasswordHasher {
    /// A hasher that uses at most `parallelism` cores, at least one, and refuses
    /// what would have to wait for one longer than `patience`.
    ///
    /// # Errors
    /// Never with the parameters above; argon2 checks them at run time.
    pub fn new(
        parallelism: usize,
        patience: Duration,
    ) -> Result<Self, argon2::password_hash::Error> {
        let (memory, passes, lanes) = PARAMS;
        let params = Params::new(memory, passes, lanes, None)?;
        let output = [0; Params::DEFAULT_OUTPUT_LEN];
        Ok(Self {
            permits: Arc::new(Semaphore::new(parallelism.max(1))),
            patience,
            decoy: PasswordHash {
                algorithm: Ident::new(ARGON2ID_IDENT.as_str())?,
                version: Some(Version::V0x13.into()),
                params: (&params).try_into()?,
                salt: Some(Salt::new(&[0; 16])?),
                hash: Some(Output::new(&output)?),
            },
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
        })
    }

    /// Hashes `password` with a random salt, as a PHC string.
    ///
    /// # Errors
    /// [`AccountError::Busy`] when no hasher becomes free in time.
    pub async fn hash(
        &self,
        password: NewPassword,
        random: &dyn Random,
    ) -> Result<String, AccountError> {
        let argon2 = self.argon2.clone();
        let salt: [u8; 16] = random.bytes();
        self.run(move || {
            argon2
                .hash_password_with_salt(password.as_str().as_bytes(), &salt)
                .map(|hash: PasswordHash| hash.to_string())
        })
        .await
    }

    /// Whether `hash` is that of `password`. Takes as long without a `hash`.
    ///
    /// # Errors
    /// [`AccountError::Busy`] when no hasher becomes free in time.
    pub async fn verify(
        &self,
        password: Password,
        hash: Option<String>,
    ) -> Result<bool, AccountError> {
        let Self { argon2, decoy, .. } = self.clone();
        self.run(move || {
            let known = hash.as_deref().map(PasswordHash::new).transpose()?;
            let matches = argon2
                .verify_password(password.as_str().as_bytes(), known.as_ref().unwrap_or(&decoy))
                .is_ok();
            Ok::<_, argon2::password_hash::phc::Error>(matches && known.is_some())
        })
        .await
    }

    async fn run<T, E>(
        &self,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, AccountError>
    where
        T: Send + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        let permit = tokio::time::timeout(self.patience, Arc::clone(&self.permits).acquire_owned())
            .await
            .map_err(|_| AccountError::Busy)?
            .map_err(AccountError::internal)?;
        // The permit goes along: a request that is cancelled does not free a
        // core that still hashes.
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        })
        .await
        .map_err(AccountError::internal)?
        .map_err(AccountError::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::value::TextValue;
    use crate::random::SystemRandom;

    fn hasher() -> PasswordHasher {
        PasswordHasher::new(1, Duration::from_secs(5)).unwrap()
    }

    #[tokio::test]
    async fn hashes_are_argon2id_with_the_promised_parameters() {
        let password = NewPassword::parse("correct horse").unwrap();
        let hash = hasher().hash(password.clone(), &SystemRandom).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");

        let hasher = hasher();
        assert!(hasher.verify(password.into(), Some(hash.clone())).await.unwrap());
        let wrong = Password::parse("incorrect horse").unwrap();
        assert!(!hasher.verify(wrong, Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nothing_matches_where_there_is_no_hash() {
        let password = Password::parse("correct horse").unwrap();
        assert!(!hasher().verify(password, None).await.unwrap());
    }

    #[test]
    fn the_decoy_costs_what_a_real_hash_costs() {
        let decoy = hasher().decoy.to_string();
        assert!(decoy.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{decoy}");
    }
}
