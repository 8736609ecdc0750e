//! Logging in.

use entity::event::EventType;
use entity::user::{self, Status};
use uuid::Uuid;

use super::current::Device;
use super::start::{LoggedIn, start};
use crate::account::leaving::restorable_until;
use crate::account::work::{Work, new_event};
use crate::account::{AccountError, Context};
use crate::store;
use crate::store::passwords::Owner;
use crate::value::{Email, Password};

/// The credentials of a user.
#[derive(Clone)]
pub struct Credentials {
    /// An email address of the user.
    pub email: Email,
    /// The user's password.
    pub password: Password,
}

/// The maximum number of accounts that are tried for one address while no account has
/// verified it. The newest come first.
const MAX_CLAIMS: u64 = 3;

/// Verifies the credentials, and starts a session on `device`.
///
/// A login takes as long for an address without an account as for a wrong password: one
/// hash. If several accounts claim the address and none has verified it, a login may take
/// one hash per account.
///
/// # Errors
/// [`AccountError::InvalidCredentials`]; only with the right password:
/// [`AccountError::Banned`], [`AccountError::Deleted`]; [`AccountError::Busy`].
pub async fn log_in(
    context: &Context,
    credentials: Credentials,
    device: Device,
) -> Result<LoggedIn, AccountError> {
    let proof = verify_credentials(context, credentials, &device).await?;
    context
        .write(async move |work| {
            let user = lock_proved(&work, &proof).await?;
            match user.status {
                Status::Banned => Err(AccountError::Banned),
                Status::Deleted => {
                    // After the grace period, the reply is the same as for an erased
                    // account.
                    let until = restorable_until(&work, user.id).await?;
                    let restorable_until = until.ok_or(AccountError::InvalidCredentials)?;
                    Err(AccountError::Deleted { restorable_until })
                }
                Status::Pending | Status::Active | Status::Invited => {
                    start(&work, user.id, device, EventType::LoggedIn).await
                }
            }
        })
        .await
}

/// A user, and the hash that the password matched.
pub(in crate::account) struct Proof {
    user_id: Uuid,
    hash: String,
}

/// Finds the account of the address, and verifies the password. Without an account, it
/// verifies the password against a decoy.
pub(in crate::account) async fn verify_credentials(
    context: &Context,
    credentials: Credentials,
    device: &Device,
) -> Result<Proof, AccountError> {
    let Credentials { email, password } = credentials;
    let (reader, hasher) = (context.store.reader(), &context.hasher);
    let owners = store::passwords::owners(reader, &email.normalized(), MAX_CLAIMS).await?;
    if owners.is_empty() {
        hasher.verify(password.clone(), None).await?;
    }
    let mut refused = Vec::with_capacity(owners.len());
    for Owner { user_id, hash, is_verified, .. } in owners {
        if hasher.verify(password.clone(), hash.clone()).await?
            && let Some(hash) = hash
        {
            return Ok(Proof { user_id, hash });
        }
        // An unverified address may be another person's. The account that claims it learns
        // nothing of the devices that use the address.
        let device = if is_verified { device.clone() } else { Device::default() };
        refused.push((user_id, device));
    }
    // The failure is written in the background: waiting for it would reveal that the user
    // exists.
    let now = context.clock.now();
    for (user_id, device) in refused {
        let failed = EventType::LoginFailed;
        let failure = new_event(&*context.random, now, user_id, failed, None, device);
        context.activity.note_failure(failure);
    }
    Err(AccountError::InvalidCredentials)
}

/// Locks the user. Refuses the login if their password has changed since it was proved.
pub(in crate::account) async fn lock_proved(
    work: &Work,
    proof: &Proof,
) -> Result<user::Model, AccountError> {
    store::users::lock(work, proof.user_id).await?;
    let user = store::users::find(work, proof.user_id).await?;
    let user = user.ok_or(AccountError::InvalidCredentials)?;
    let current = store::passwords::find(work, proof.user_id).await?;
    if current.as_ref() != Some(&proof.hash) {
        return Err(AccountError::InvalidCredentials);
    }
    Ok(user)
}
