//! What every use case works with.

use std::sync::Arc;
use std::time::Duration;

use super::AccountError;
use super::policy::Policy;
use super::session::SessionActivity;
use super::work::Work;
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::random::Random;
use crate::service::{ImageResizer, ObjectStorage, PasswordHasher};
use crate::store::Store;
use crate::value::PublicUrl;

/// What every use case works with.
#[derive(Clone)]
pub struct Context {
    /// Where accounts are kept.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids, tokens and salts come from.
    pub random: Arc<dyn Random>,
    /// The rules that the operator sets.
    pub policy: Policy,
    /// Hashes and verifies passwords.
    pub hasher: PasswordHasher,
    /// Turns uploaded images into avatars.
    pub image_resizer: ImageResizer,
    /// Where the files of avatars are kept.
    pub avatar_storage: ObjectStorage,
    /// Writes what no request waits for.
    pub activity: SessionActivity,
    /// Counts.
    pub metrics: Metrics,
    /// Where callers find the service.
    pub public_url: PublicUrl,
}

/// What a context is made with, besides store, clock and randomness.
pub struct Settings {
    /// The rules that the operator sets.
    pub policy: Policy,
    /// Where callers find the service.
    pub public_url: PublicUrl,
    /// Where the files of avatars are kept.
    pub avatar_storage: ObjectStorage,
    /// Counts.
    pub metrics: Metrics,
    /// The number of passwords that are hashed at once; at least one.
    pub hashers: usize,
    /// How long a request waits for its turn to hash a password.
    pub hashing_timeout: Duration,
    /// How long a request waits for its turn to resize an image.
    pub resizing_timeout: Duration,
}

impl Context {
    /// A context. Starts to write session activity.
    ///
    /// # Errors
    /// When passwords can't be hashed: a fault of the program.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        settings: Settings,
    ) -> Result<Self, AccountError> {
        let Settings { policy, public_url, avatar_storage, metrics, .. } = settings;
        Ok(Self {
            activity: SessionActivity::start(store.clone(), policy),
            hasher: PasswordHasher::new(settings.hashers, settings.hashing_timeout)
                .map_err(AccountError::internal)?,
            image_resizer: ImageResizer::new(settings.resizing_timeout),
            store,
            clock,
            random,
            policy,
            avatar_storage,
            metrics,
            public_url,
        })
    }

    /// Runs a unit of work: all of it is durable when this returns `Ok`, nothing of it
    /// happened when it returns `Err`.
    ///
    /// # Errors
    /// Those of `job`, and those of the database.
    pub(super) async fn write<T, F, W>(&self, job: F) -> Result<T, AccountError>
    where
        T: Send + 'static,
        F: FnOnce(Work) -> W + Send + 'static,
        W: Future<Output = Result<T, AccountError>> + Send + 'static,
    {
        let (now, random, policy) = (self.clock.now(), Arc::clone(&self.random), self.policy);
        self.store.write(move |txn| job(Work::new(txn, now, random, policy))).await
    }
}
