//! Deleting an account.

use entity::erasure;
use entity::event::EventType;
use entity::outbox::MessageKind;
use entity::user::{self, Status};
use uuid::{Builder, Uuid};

use crate::account::profile::{Precondition, check};
use crate::account::{AccountError, Context, CurrentSession, Work};
use crate::store;

/// Deletes the user. All their sessions end. The user is erased after the grace period,
/// unless they restore the account. Returns the id of the erasure receipt.
///
/// Without a grace period, nothing undoes the deletion. Then the session must have proved the
/// password recently.
///
/// # Errors
/// [`AccountError::Outdated`], [`AccountError::ReauthenticationRequired`],
/// [`AccountError::SessionEnded`].
pub async fn delete(
    context: &Context,
    session: CurrentSession,
    precondition: Option<Precondition>,
) -> Result<Uuid, AccountError> {
    context
        .write(async move |mut work| {
            let mut me = match work.policy.deletion_grace.is_zero() {
                true => work.lock_reauthenticated(session).await?,
                false => work.lock(session).await?,
            };
            check(precondition, &me)?;
            schedule_erasure(&work, &mut me.user).await
        })
        .await
}

/// Marks a locked user as deleted, ends their sessions, schedules their erasure, and
/// notifies them. Returns the id of the erasure receipt.
pub(in crate::account) async fn schedule_erasure(
    work: &Work,
    user: &mut user::Model,
) -> Result<Uuid, AccountError> {
    let user_id = user.id;
    work.record(user_id, EventType::AccountDeleted, None).await?;
    work.save(user, |user| user.status = Status::Deleted).await?;
    store::sessions::delete_all(work, user_id, None).await?;

    // The id alone gives access to the receipt, so the whole id is random.
    let receipt_id = Builder::from_random_bytes(work.random().bytes()).into_uuid();
    let erase_at = work.now + work.policy.deletion_grace;
    let erasure = erasure::Model {
        id: receipt_id,
        user_id: Some(user_id),
        requested_at: work.now,
        erase_at,
        due_at: erase_at,
        attempts: 0,
        erased_at: None,
        erased: None,
    };
    store::erasures::insert(work, erasure).await?;
    let subject = receipt_id.to_string();
    work.notify(user_id, MessageKind::AccountDeleted, Some(&subject)).await?;
    Ok(receipt_id)
}
