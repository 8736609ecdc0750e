//! The context of the use cases.

use std::sync::Arc;
use std::time::Duration;

use super::AccountError;
use super::password::PasswordRules;
use super::policy::Policy;
use super::security_log::Recorded;
use super::session::{Refusals, SessionActivity};
use super::work::Work;
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::random::Random;
use crate::service::{ImageResizer, ObjectStorage, PasswordHasher, ServerSecret};
use crate::store::Store;

/// The context of the use cases.
#[derive(Clone)]
pub struct Context {
    /// The store of accounts.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of ids, tokens and salts.
    pub random: Arc<dyn Random>,
    /// The rules that the operator sets.
    pub policy: Policy,
    /// The rules for new passwords.
    pub password_rules: PasswordRules,
    /// The key of keyed hashes.
    pub secret: ServerSecret,
    /// Hashes and verifies passwords.
    pub hasher: PasswordHasher,
    /// Turns uploaded images into avatars.
    pub image_resizer: ImageResizer,
    /// The storage of the files of avatars.
    pub avatar_storage: ObjectStorage,
    /// Writes session activity in the background.
    pub activity: SessionActivity,
    /// The logins that were refused a moment ago.
    pub refusals: Refusals,
    /// The metrics.
    pub metrics: Metrics,
}

/// The settings of a context.
pub struct Settings {
    /// The rules that the operator sets.
    pub policy: Policy,
    /// The rules for new passwords.
    pub password_rules: PasswordRules,
    /// The key of keyed hashes.
    pub secret: ServerSecret,
    /// The storage of the files of avatars.
    pub avatar_storage: ObjectStorage,
    /// The metrics.
    pub metrics: Metrics,
    /// The maximum number of passwords that are hashed at once. 0 counts as 1.
    pub hashers: usize,
    /// How long a request waits for its turn to hash a password.
    pub hashing_timeout: Duration,
    /// How long a request waits for its turn to resize an image.
    pub resizing_timeout: Duration,
}

impl Context {
    /// Makes a context, and starts the task that writes session activity.
    ///
    /// # Errors
    /// When the password hasher can't be made, which is a fault of the program.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        settings: Settings,
    ) -> Result<Self, AccountError> {
        let Settings { policy, password_rules, secret, avatar_storage, metrics, .. } = settings;
        Ok(Self {
            activity: SessionActivity::start(store.clone(), policy),
            hasher: PasswordHasher::new(settings.hashers, settings.hashing_timeout)
                .map_err(AccountError::internal)?
                .measured(metrics.hashing.clone()),
            image_resizer: ImageResizer::new(settings.resizing_timeout),
            refusals: Refusals::default(),
            store,
            clock,
            random,
            policy,
            password_rules,
            secret,
            avatar_storage,
            metrics,
        })
    }

    /// Runs a unit of work. When this returns `Ok`, all of its changes are durable. When
    /// this returns `Err`, it has changed nothing.
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
        let recorded = Recorded::default();
        let events = recorded.clone();
        let job = move |txn| job(Work::new(txn, now, random, policy, events));
        let done = self.store.write(job).await?;
        self.log_recorded(&recorded);
        Ok(done)
    }
}
