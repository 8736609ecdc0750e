//! Hashing passwords, and checking them against their hashes.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{Ident, Output, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use sha2::{Digest as _, Sha256};

use super::hashing_memory::{Memory, Waiting, reserve};
use super::hashing_queue::{HashingQueue, Turn};
use crate::metrics::HashingMetrics;
use crate::random::Random;
use crate::value::{NewPassword, Password, TextValue as _};

/// Memory in KiB, passes and lanes (OWASP Password Storage Cheat Sheet).
const PARAMS: (u32, u32, u32) = (19_456, 2, 1);
/// The length of a salt and of a hash in bytes (RFC 9106, 3.1 and 4).
const SALT: usize = 16;
const OUTPUT: usize = 32;

/// Why a password was neither hashed nor checked.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// No hasher became free in time. The same request may work later.
    #[error("the password hasher is busy")]
    Busy,
    /// A fault of the service.
    #[error("the password hasher failed: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl HashError {
    fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(error))
    }
}

/// Hashes and checks passwords with argon2id. The work runs outside the async threads and on a
/// limited number of cores, so that many logins at once leave cores for other requests.
#[derive(Clone)]
pub struct PasswordHasher {
    queue: Arc<HashingQueue>,
    patience: Duration,
    memory: Arc<Memory>,
    /// A hash that no password matches. New hashes copy its parameters, and checking a password
    /// against it takes as long as checking against a real one.
    decoy: PasswordHash,
    metrics: HashingMetrics,
}

impl PasswordHasher {
    /// A hasher that uses at most `parallelism` cores, and at least one. It refuses a
    /// password that would have to wait for a core longer than `patience`.
    ///
    /// # Errors
    /// When argon2 refuses the parameters. It accepts the ones above.
    pub fn new(
        parallelism: usize,
        patience: Duration,
    ) -> Result<Self, argon2::password_hash::Error> {
        let (memory, passes, lanes) = PARAMS;
        let params = Params::new(memory, passes, lanes, Some(OUTPUT))?;
        Ok(Self {
            queue: Arc::new(HashingQueue::new(parallelism.max(1))),
            patience,
            memory: Arc::default(),
            decoy: PasswordHash {
                algorithm: Ident::new(ARGON2ID_IDENT.as_str())?,
                version: Some(Version::V0x13.into()),
                params: (&params).try_into()?,
                salt: Some(Salt::new(&[0; SALT])?),
                hash: Some(Output::new(&[0; OUTPUT])?),
            },
            metrics: HashingMetrics::default(),
        })
    }

    /// The same hasher, with these metrics of its queue.
    #[must_use]
    pub fn measured(self, metrics: HashingMetrics) -> Self {
        Self { metrics, ..self }
    }

    /// Hashes `password` with a random salt, as a PHC string.
    ///
    /// # Errors
    /// [`HashError::Busy`] when no hasher becomes free in time.
    pub async fn hash(
        &self,
        password: NewPassword,
        random: &dyn Random,
        turn: Turn,
    ) -> Result<String, HashError> {
        self.hash_with(password.into(), random.bytes(), turn).await
    }

    /// Hashes `password` again, if `hash` has other parameters than new hashes. `password` has to
    /// be the one that `hash` belongs to.
    ///
    /// The salt is derived from the old hash, so that two logins at the same moment make the same
    /// new hash.
    ///
    /// # Errors
    /// [`HashError::Busy`] when no hasher becomes free in time.
    pub async fn renew(
        &self,
        password: Password,
        hash: &str,
        turn: Turn,
    ) -> Result<Option<String>, HashError> {
        let old = PasswordHash::new(hash).map_err(HashError::internal)?;
        if form(&old) == form(&self.decoy) {
            return Ok(None);
        }
        let mut salt = [0; SALT];
        salt.iter_mut().zip(Sha256::digest(hash)).for_each(|(byte, derived)| *byte = derived);
        self.hash_with(password, salt, turn).await.map(Some)
    }

    async fn hash_with(
        &self,
        password: Password,
        salt: [u8; SALT],
        turn: Turn,
    ) -> Result<String, HashError> {
        let mut hash = self.decoy.clone();
        self.run(turn, move |memory| {
            hash.salt = Some(Salt::new(&salt)?);
            hash.hash = Some(digest(password.as_str(), &hash, memory)?);
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `hash` is the hash of `password`. If there is no `hash`, checking takes the same
    /// time. So the time does not reveal whether there is an account.
    ///
    /// # Errors
    /// [`HashError::Busy`] when no hasher becomes free in time.
    pub async fn verify(
        &self,
        password: Password,
        hash: Option<String>,
        turn: Turn,
    ) -> Result<bool, HashError> {
        let decoy = self.decoy.clone();
        self.run(turn, move |memory| {
            let known = hash.as_deref().map(PasswordHash::new).transpose()?;
            let expected = known.as_ref().unwrap_or(&decoy);
            // `Output` compares in constant time.
            let matches = Some(digest(password.as_str(), expected, memory)?) == expected.hash;
            Ok(matches && known.is_some())
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        turn: Turn,
        work: impl FnOnce(&mut Vec<Block>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, HashError> {
        let (waiting, measured) = (Waiting::new(&self.memory), self.metrics.wait(turn.lane.name()));
        let core = tokio::time::timeout(self.patience, self.queue.wait(turn)).await;
        let Some(core) = core.ok().flatten() else {
            measured.refused();
            return Err(HashError::Busy);
        };
        drop((waiting, measured));
        // The task owns the core: when a request is cancelled, its core stays taken until
        // hashing ends.
        let memory = Arc::clone(&self.memory);
        tokio::task::spawn_blocking(move || {
            let mut blocks = memory.take();
            let result = work(&mut blocks);
            memory.leave(blocks);
            drop(core);
            result
        })
        .await
        .map_err(HashError::internal)?
        .map_err(HashError::Internal)
    }
}

/// Any error while hashing.
type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Hashes `password` with the algorithm, the parameters and the salt of `hash`.
fn digest(password: &str, hash: &PasswordHash, memory: &mut Vec<Block>) -> Result<Output, Fault> {
    let algorithm = Algorithm::new(hash.algorithm.as_str())?;
    let version = hash.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let params = Params::try_from(hash)?;
    let salt = hash.salt.as_ref().ok_or(argon2::Error::SaltTooShort)?;
    reserve(memory, params.block_count());
    let mut output = vec![0; hash.hash.map_or(OUTPUT, |output| output.len())];
    Argon2::new(algorithm, version, params).hash_password_into_with_memory(
        password.as_bytes(),
        salt.as_ref(),
        &mut output,
        memory,
    )?;
    Ok(Output::new(&output)?)
}

/// What two hashes have in common that were made with the same parameters.
fn form(hash: &PasswordHash) -> impl PartialEq + use<> {
    let PasswordHash { algorithm, version, params, salt, hash } = hash;
    let lengths = (salt.map(|salt| salt.len()), hash.map(|hash| hash.len()));
    (*algorithm, *version, params.clone(), lengths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;
    use crate::service::Lane;
    use crate::value::text_value::TextValue;

    fn turn() -> Turn {
        Turn::new(Lane::LogIn, 0)
    }

    fn hasher() -> PasswordHasher {
        PasswordHasher::new(1, Duration::from_secs(5)).unwrap()
    }

    #[tokio::test]
    async fn hashes_are_argon2id_with_the_promised_parameters() {
        let password = NewPassword::parse("correct horse").unwrap();
        let hash = hasher().hash(password.clone(), &SystemRandom, turn()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");

        let hasher = hasher();
        assert!(hasher.verify(password.into(), Some(hash.clone()), turn()).await.unwrap());
        let wrong = Password::parse("incorrect horse").unwrap();
        assert!(!hasher.verify(wrong, Some(hash), turn()).await.unwrap());
    }

    #[tokio::test]
    async fn nothing_matches_where_there_is_no_hash() {
        let password = Password::parse("correct horse").unwrap();
        assert!(!hasher().verify(password, None, turn()).await.unwrap());
    }

    #[test]
    fn the_decoy_costs_what_a_real_hash_costs() {
        let decoy = hasher().decoy.to_string();
        assert!(decoy.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{decoy}");
    }
}
