//! Opens the database, and makes the context of the use cases, from the flags.

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;

use super::error::ServeError;
use crate::account::password::PasswordRules;
use crate::account::{self, Context};
use crate::cli::ServeArgs;
use crate::clock::SystemClock;
use crate::metrics::Metrics;
use crate::random::SystemRandom;
use crate::service::{ObjectStorage, ServerSecret};
use crate::store::{DatabaseUrl, Options, Store};

/// Opens the database, and applies the migrations that are pending.
pub(super) async fn open_store(
    url: &DatabaseUrl,
    args: &ServeArgs,
    metrics: Metrics,
) -> Result<Store, ServeError> {
    let (patience, batch) = (args.queue_timeout, args.commit_batch);
    let options = Options { patience, batch, metrics, observer: None };
    let store = Store::connect(url, options).await?;
    let applied = store.migrate_up().await;
    let applied = applied.map_err(|error| ServeError::Migrate(url.to_string(), error))?;
    if !applied.is_empty() {
        tracing::info!(?applied, "migrated");
    }
    Ok(store)
}

/// Makes the context of the use cases.
pub(super) fn context(
    store: Store,
    args: &ServeArgs,
    secret: ServerSecret,
    metrics: Metrics,
    avatar_storage: ObjectStorage,
    password_rules: PasswordRules,
) -> Result<Context, ServeError> {
    // If there is more than one core, one core hashes no passwords.
    let cores = available_parallelism().map_or(1, NonZero::get);
    let settings = account::Settings {
        policy: args.policy(),
        password_rules,
        secret,
        avatar_storage,
        metrics,
        hashers: cores - 1,
        hashing_timeout: args.queue_timeout,
        resizing_timeout: args.queue_timeout,
    };
    let context = Context::new(store, Arc::new(SystemClock), Arc::new(SystemRandom), settings);
    context.map_err(ServeError::other)
}
