//! The server secret, and the check that the database was used with the same one before.

use super::ServeError;
use crate::cli::SecretArgs;
use crate::random::SystemRandom;
use crate::service::ServerSecret;
use crate::store::{self, Store};

/// Reads the server secret, or makes it. A demo has one that is kept nowhere.
pub(super) fn read(args: &SecretArgs, is_demo: bool) -> Result<ServerSecret, ServeError> {
    if is_demo {
        return Ok(ServerSecret::random(&SystemRandom));
    }
    ServerSecret::open(&args.secret_file, &SystemRandom).map_err(ServeError::other)
}

/// Refuses to use a database with another secret than before. Two nodes with different
/// secrets would not accept each other's codes, and would count limits apart.
pub(super) async fn check(
    store: &Store,
    secret: &ServerSecret,
    args: &SecretArgs,
) -> Result<(), ServeError> {
    let fingerprint = secret.mac("fingerprint", &[]).to_vec();
    let (expected, replace) = (fingerprint.clone(), args.replace_secret);
    let stored = store
        .write(async move |txn| {
            if replace {
                store::server_secret::replace(&txn, fingerprint.clone()).await?;
            }
            store::server_secret::keep_first(&txn, fingerprint).await
        })
        .await
        .map_err(|error: sea_orm::DbErr| ServeError::other(error))?;
    if stored == expected { Ok(()) } else { Err(ServeError::Secret(args.secret_file.clone())) }
}
