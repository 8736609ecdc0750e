//! Recovery: the owner takes the account back with the token of a notice.

use chrono::{DateTime, Utc};
use entity::email;
use entity::event::EventType;
use entity::one_time_token::{Model as RecoveryToken, Purpose};
use entity::user::Status;
use uuid::Uuid;

use crate::account::emails::prove;
use crate::account::leaving::undo_deletion;
use crate::account::rows::new_claim;
use crate::account::{AccountError, Work};
use crate::store;
use crate::value::TextValue as _;

/// All purposes of tokens.
const ALL: [Purpose; 4] =
    [Purpose::VerifyEmail, Purpose::ResetPassword, Purpose::AcceptInvitation, Purpose::Recover];

/// Gives an account back to the owner of the address that the notice was mailed to. It
/// undoes a deletion, makes that address the default again, and removes the addresses that
/// were added since.
pub(super) async fn recover(work: &Work, token: &RecoveryToken) -> Result<(), AccountError> {
    let RecoveryToken { user_id, normalized, issued_at, .. } = token;
    reopen(work, *user_id).await?;
    claim_again(work, token).await?;
    prove(work, *user_id, normalized).await?;
    remove_added_since(work, token, since(work, token).await?).await?;
    // Revoke this token and later ones. Tokens of earlier notices stay valid, because the
    // recipient of an earlier notice owned the account first.
    store::outbox::revoke(work, *user_id, *issued_at).await?;
    Ok(store::one_time_tokens::revoke(work, *user_id, &ALL, *issued_at).await?)
}

/// Undoes the deletion of a locked user, if they are deleted, because an intruder may have
/// deleted the account.
async fn reopen(work: &Work, user_id: Uuid) -> Result<(), AccountError> {
    let user = store::users::find(work, user_id).await?;
    if let Some(mut user) = user.filter(|user| user.status == Status::Deleted)
        && undo_deletion(work, &mut user).await?
    {
        work.record(user_id, EventType::AccountRestored, None).await?;
    }
    Ok(())
}

/// Adds the address again, if it was removed.
async fn claim_again(work: &Work, token: &RecoveryToken) -> Result<(), AccountError> {
    let claim = new_claim(work, token.user_id, token.email.clone(), false);
    let claim = email::Model { normalized: token.normalized.clone(), ..claim };
    store::emails::insert(work, claim).await?;
    Ok(())
}

/// The time since which added addresses are removed. It is the time of the first notice to
/// the address, even if the token is from a later one.
async fn since(work: &Work, token: &RecoveryToken) -> Result<DateTime<Utc>, AccountError> {
    let (user_id, normalized) = (token.user_id, &token.normalized);
    let mailed = store::one_time_tokens::first_since(work, user_id, normalized).await?;
    let waiting = store::outbox::first_since(work, user_id, normalized).await?;
    Ok([mailed, waiting].into_iter().flatten().fold(token.since, DateTime::min))
}

async fn remove_added_since(
    work: &Work,
    token: &RecoveryToken,
    since: DateTime<Utc>,
) -> Result<(), AccountError> {
    let user_id = token.user_id;
    let emails = store::emails::list(work, user_id).await?;
    for email in emails.iter().filter(|email| email.normalized == token.normalized) {
        if !email.is_default {
            work.record(user_id, EventType::DefaultEmailChanged, Some(email.email.as_str()))
                .await?;
            store::emails::set_default(work, user_id, email.id, work.now).await?;
        }
    }
    for email in emails.iter().filter(|email| email.normalized != token.normalized) {
        if email.created_at >= since {
            store::emails::delete(work, user_id, email.id).await?;
            work.record(user_id, EventType::EmailRemoved, Some(email.email.as_str())).await?;
        }
    }
    Ok(())
}
