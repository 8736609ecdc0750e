//! What an administrator may do with any account, through no session.

use std::sync::Arc;

use crate::account::policy::Policy;
use crate::account::work::Work;
use crate::clock::Clock;
use crate::random::Random;
use crate::store::Store;

mod ban;
mod delete;
mod error;
mod find;
mod invite;
mod outcome;
mod sessions;
mod user_reference;

pub use ban::{ban, unban};
pub use delete::delete;
pub use error::AdministrationError;
pub use find::{Page, find, list, list_emails};
pub use invite::{Invitation, Invited, invite};
pub use outcome::Outcome;
pub use sessions::{end_session, end_sessions, list_sessions};
pub use user_reference::UserReference;

/// What administration works with. It hashes no password.
#[derive(Clone)]
pub struct Administration {
    /// Where accounts are kept.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub random: Arc<dyn Random>,
    /// The rules that the operator sets.
    pub policy: Policy,
}

impl Administration {
    /// Runs a unit of work: all of it is durable when this returns `Ok`, nothing of it
    /// happened when it returns `Err`.
    async fn write<T, F, W>(&self, job: F) -> Result<T, AdministrationError>
    where
        T: Send + 'static,
        F: FnOnce(Work) -> W + Send + 'static,
        W: Future<Output = Result<T, AdministrationError>> + Send + 'static,
    {
        let (now, random, policy) = (self.clock.now(), Arc::clone(&self.random), self.policy);
        self.store.write(move |txn| job(Work::new(txn, now, random, policy))).await
    }
}
