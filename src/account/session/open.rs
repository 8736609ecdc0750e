//! Opening an account with its password: logging in, and restoring a deleted account.

use entity::event::EventType;
use entity::user::{self, Status};

use super::credentials::{Credentials, lock_proved, verify_credentials};
use super::current::Device;
use super::refusals;
use super::start::{LoggedIn, start};
use crate::account::leaving::{restorable_until, undo_deletion};
use crate::account::{AccountError, Context, Work};
use crate::metrics::{LoginAttempt, LoginOutcome};

/// How an account is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// By a login.
    LogIn,
    /// By undoing its deletion within the grace period.
    Restore,
}

/// Verifies the credentials, and starts a session on `device`.
///
/// It takes as long for an address without an account as for a wrong password: one hash. If
/// several accounts claim the address and none has verified it, it may take one hash per
/// account, for six accounts at most.
///
/// # Errors
/// [`AccountError::InvalidCredentials`], [`AccountError::TooMany`]; only with the right
/// password: [`AccountError::Banned`], [`AccountError::Deleted`] for a login,
/// [`AccountError::NotDeleted`] for a restoration; [`AccountError::Busy`].
pub async fn open(
    context: &Context,
    credentials: Credentials,
    device: Device,
    opening: Opening,
) -> Result<LoggedIn, AccountError> {
    let mut attempt = context.metrics.login();
    let opened = try_to_open(context, credentials, device.clone(), opening, &mut attempt).await;
    note_outcome(attempt, &opened);
    if opened.is_ok() {
        refusals::forget(context, &device);
    }
    opened
}

async fn try_to_open(
    context: &Context,
    credentials: Credentials,
    device: Device,
    opening: Opening,
    attempt: &mut LoginAttempt,
) -> Result<LoggedIn, AccountError> {
    let proof = verify_credentials(context, credentials, &device, attempt).await?;
    let secret = context.secret.clone();
    let opened = context
        .write(async move |work| {
            let mut user = lock_proved(&work, &proof).await?;
            // A refusal is returned as `Ok`. An error would roll back the transaction, and the try
            // would count although the password is right.
            match may_open(&work, &mut user, opening).await? {
                Ok(event) => Ok(Ok(start(&work, &secret, user.id, device, event).await?)),
                Err(refused) => Ok(Err(refused)),
            }
        })
        .await;
    opened?
}

/// Whether a locked user may open the account in this way. Returns the event that records it, or
/// why not. Undoes the deletion of an account that is to be restored.
async fn may_open(
    work: &Work,
    user: &mut user::Model,
    opening: Opening,
) -> Result<Result<EventType, AccountError>, AccountError> {
    Ok(match (user.status, opening) {
        (Status::Banned, _) => Err(AccountError::Banned),
        (Status::Deleted, Opening::LogIn) => match restorable_until(work, user.id).await? {
            Some(restorable_until) => Err(AccountError::Deleted { restorable_until }),
            // After the grace period, the reply is the same as for an erased account.
            None => Err(AccountError::InvalidCredentials),
        },
        (Status::Deleted, Opening::Restore) => match undo_deletion(work, user).await? {
            true => Ok(EventType::AccountRestored),
            false => Err(AccountError::InvalidCredentials),
        },
        (Status::Pending | Status::Active | Status::Invited, Opening::LogIn) => {
            Ok(EventType::LoggedIn)
        }
        (Status::Pending | Status::Active | Status::Invited, Opening::Restore) => {
            Err(AccountError::NotDeleted)
        }
    })
}

/// Counts the outcome. Wrong credentials were noted before.
fn note_outcome(mut attempt: LoginAttempt, opened: &Result<LoggedIn, AccountError>) {
    match opened {
        Ok(_) => attempt.note(LoginOutcome::Succeeded),
        Err(AccountError::InvalidCredentials) => {}
        Err(AccountError::TooMany { .. }) => attempt.note(LoginOutcome::Limited),
        Err(AccountError::Banned) => attempt.note(LoginOutcome::Banned),
        Err(AccountError::Deleted { .. } | AccountError::NotDeleted) => {
            attempt.note(LoginOutcome::WrongStatus);
        }
        Err(_) => attempt.note(LoginOutcome::Failed),
    }
}
