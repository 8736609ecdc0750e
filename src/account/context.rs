//! What every use case works with.

use std::sync::Arc;

use super::AccountError;
use super::policy::Policy;
use super::session::SessionActivity;
use super::work::Work;
use crate::clock::Clock;
use crate::files::Files;
use crate::metrics::Metrics;
use crate::random::Random;
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
    pub hasher: super::PasswordHasher,
    /// Writes what no request waits for.
    pub activity: SessionActivity,
    /// Counts.
    pub metrics: Metrics,
    /// Where callers find the service.
    pub public_url: PublicUrl,
    /// Where the files of avatars are kept.
    pub files: Files,
    /// Makes avatars of uploaded images.
    pub painter: super::Painter,
}

impl Context {
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
