//! Administration: the use cases of administrators, who may change any account without a
//! session. The command line for them is in [`crate::cli::users`].

use std::sync::Arc;

use crate::account::security_log::{Recorded, log_administration};
use crate::account::{Policy, Work};
use crate::clock::Clock;
use crate::random::Random;
use crate::service::ServerSecret;
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

/// The context of administration. It has no password hasher, because administration needs
/// none.
#[derive(Clone)]
pub struct Administration {
    /// The store of accounts.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of ids.
    pub random: Arc<dyn Random>,
    /// The rules that the operator sets.
    pub policy: Policy,
    /// The server secret, if it is there. Only the security log needs it.
    pub secret: Option<ServerSecret>,
}

impl Administration {
    /// Runs a unit of work. When this returns `Ok`, all of its changes are durable. When
    /// this returns `Err`, it has changed nothing.
    async fn write<T, F, W>(&self, job: F) -> Result<T, AdministrationError>
    where
        T: Send + 'static,
        F: FnOnce(Work) -> W + Send + 'static,
        W: Future<Output = Result<T, AdministrationError>> + Send + 'static,
    {
        let (now, random, policy) = (self.clock.now(), Arc::clone(&self.random), self.policy);
        let recorded = Recorded::default();
        let events = recorded.clone();
        let job = move |txn| job(Work::new(txn, now, random, policy, events));
        let done = self.store.write(job).await?;
        log_administration(self.secret.as_ref(), &recorded);
        Ok(done)
    }
}
