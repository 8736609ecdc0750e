//! Verifies the credentials of a login: the email address and the password.

use entity::event::EventType;
use entity::user;
use uuid::Uuid;

use super::current::Device;
use super::known_client::{KnownClient, recognise};
use super::refusals;
use super::throttle::{Attempt, attempt};
use crate::account::limits::Spent;
use crate::account::work::{Work, new_event};
use crate::account::{AccountError, Context, PasswordProof, security_log};
use crate::metrics::{LoginAttempt, LoginOutcome};
use crate::store;
use crate::store::passwords::Owner;
use crate::value::{Email, Password};

/// The maximum number of accounts whose passwords a login tries, among those that have logged in and
/// that the client did not open before.
const MAX_EARLIEST: usize = 3;

/// The credentials of a user.
#[derive(Clone)]
pub struct Credentials {
    /// An email address of the user.
    pub email: Email,
    /// The user's password.
    pub password: Password,
}

/// The proof of a user's password.
pub(super) struct Proof {
    password: PasswordProof,
    /// The try that was counted, if the right password takes it back.
    spent: Option<Spent>,
}

/// Finds the account of the address, counts the try, and verifies the password. Without an
/// account, it verifies the password against a decoy.
pub(super) async fn verify_credentials(
    context: &Context,
    credentials: Credentials,
    device: &Device,
    counted: &mut LoginAttempt,
) -> Result<Proof, AccountError> {
    let Credentials { email, password } = credentials;
    refusals::check(context, &email, device).await?;
    let (reader, hasher) = (context.store.reader(), &context.hasher);
    let owners = store::passwords::owners(reader, &email.normalized()).await?;
    let known = recognise(context, &user_ids(&owners), device, context.clock.now()).await?;
    let owners = candidates(owners, known.as_ref());
    if let Some(owner) = owners.first() {
        security_log::concerns(owner.user_id);
    }
    let attempt = attempt(context, &email, user_ids(&owners), known, device).await?;
    let Attempt { spent, turn, user_ids, refusal } = attempt;
    if owners.is_empty() {
        hasher.verify(password.clone(), None, turn).await?;
        security_log::because("unknown_address");
        counted.note(LoginOutcome::UnknownAddress);
        return Err(AccountError::InvalidCredentials);
    }
    let mut refused = Vec::with_capacity(user_ids.len());
    let owners = owners.into_iter().filter(|owner| user_ids.contains(&owner.user_id));
    for Owner { user_id, hash, is_verified, .. } in owners {
        let password = password.clone();
        let proof = PasswordProof::verify(context, user_id, password, hash, turn).await?;
        if let Some(password) = proof {
            // The password was wrong for the accounts that were tried before. If such tries did
            // not count, a user who claims the same address could guess at these accounts without
            // limit.
            let spent = refused.is_empty().then_some(spent);
            note_failures(context, refused);
            return Ok(Proof { password, spent });
        }
        // An unverified address may be another person's. The account that claims it learns
        // nothing of the devices that use the address.
        let device = if is_verified { device.clone() } else { Device::default() };
        refused.push((user_id, device));
    }
    note_failures(context, refused);
    if let Some(refusal) = refusal {
        // The password may be the right one of an account that was not tried.
        return Err(refusals::refuse(context, &refusal, device).await);
    }
    counted.note(LoginOutcome::WrongPassword);
    Err(AccountError::InvalidCredentials)
}

/// Records failed logins. They are written in the background: waiting for them would reveal that
/// the users exist.
fn note_failures(context: &Context, refused: Vec<(Uuid, Device)>) {
    let now = context.clock.now();
    for (user_id, device) in refused {
        let failed = EventType::LoginFailed;
        let failure = new_event(&*context.random, now, user_id, failed, None, device);
        context.activity.note_failure(failure);
    }
}

fn user_ids(owners: &[Owner]) -> Vec<Uuid> {
    owners.iter().map(|owner| owner.user_id).collect()
}

/// The accounts whose passwords are tried: first the one that was opened from the client before,
/// then those that logged in first, and then the newest. Others can't take the place of the
/// first, however many claim the address and log in.
fn candidates(owners: Vec<Owner>, known: Option<&KnownClient>) -> Vec<Owner> {
    let is_known = |owner: &Owner| known.is_some_and(|client| client.user_id == owner.user_id);
    let (known, others): (Vec<_>, Vec<_>) = owners.into_iter().partition(is_known);
    let (logged_in, new): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|owner| owner.has_logged_in);
    let others = logged_in.into_iter().take(MAX_EARLIEST).chain(new);
    known.into_iter().chain(others).collect()
}

/// Locks the user, and takes the try back. Refuses the login if their password has changed
/// since it was proved.
pub(super) async fn lock_proved(work: &Work, proof: &Proof) -> Result<user::Model, AccountError> {
    store::users::lock(work, proof.password.user_id).await?;
    let user = store::users::find(work, proof.password.user_id).await?;
    let user = user.ok_or(AccountError::InvalidCredentials)?;
    if !proof.password.confirm(work).await? {
        return Err(AccountError::InvalidCredentials);
    }
    if let Some(spent) = &proof.spent {
        spent.give_back(work).await?;
    }
    Ok(user)
}
