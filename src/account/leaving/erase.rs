//! Erasing deleted users after the grace period.
//!
//! An erasure has three steps. The first deletes the user's files. The second deletes every row, in
//! one transaction. The third overwrites the deleted rows that the database still keeps. Each step
//! can be repeated. When a node fails, the next node that takes the erasure completes it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::erasure;
use entity::outbox::MessageKind;
use entity::user::Status;
use serde_json::{Map, Value};
use tokio::time::timeout;
use uuid::Uuid;

use super::expire::expire_unverified;
use crate::account::events::delete_old_events;
use crate::account::{AccountError, Context, Work, limits};
use crate::store::{self, PersonalData, job_queue};

/// How long a node may work on an erasure that it took. After that, another node may take
/// it.
const CLAIM: Duration = Duration::from_secs(15);
/// The delay before the second attempt at an erasure. The delay grows with each attempt, up to
/// [`MAX_DELAYS`] times this value.
const RETRY: Duration = Duration::from_secs(1);
const MAX_DELAYS: i32 = 60;
/// How often to look for erasures that had to wait, or that another node has left behind.
const INTERVAL: Duration = Duration::from_secs(2);

/// How often to look for users who have verified no address for a long time.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(10 * 60);

/// The result of an attempt at an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// Every row is erased.
    Erased,
    /// The erasure has to wait until this time.
    Wait(DateTime<Utc>),
    /// The erasure has to wait, and is tried again after a delay.
    Again,
}

/// Erases all users whose erasure is due. Several nodes may do so at the same time.
///
/// # Errors
/// Only faults of the service. When one erasure fails, the others are still tried.
pub async fn erase_due(context: &Context) -> Result<(), AccountError> {
    let mut failed = Ok(());
    loop {
        let now = context.clock.now();
        // While there is nothing to erase, this only reads.
        if !job_queue::is_due::<erasure::Model>(context.store.reader(), (), now).await? {
            return failed;
        }
        let take =
            async move |txn| job_queue::take::<erasure::Model>(&txn, (), now, now + CLAIM).await;
        if let Some(erasure) = context.store.write(take).await? {
            failed = failed.and(erase(context, erasure).await);
        }
    }
}

async fn erase(context: &Context, erasure: erasure::Model) -> Result<(), AccountError> {
    let (id, now) = (erasure.id, context.clock.now());
    let retry_at = now + RETRY * erasure.attempts.clamp(1, MAX_DELAYS).unsigned_abs();
    let progress = match erasure.user_id {
        Some(user_id) => erase_user(context, id, user_id).await?,
        None => Progress::Erased,
    };
    let due_at = match progress {
        Progress::Erased if context.store.scrub().await? => None,
        Progress::Wait(until) => Some(until),
        Progress::Erased | Progress::Again => Some(retry_at),
    };
    let finish = async move |txn| match due_at {
        None => store::erasures::complete(&txn, id, now).await,
        Some(due_at) => job_queue::put_back(&txn, &erasure, due_at).await,
    };
    context.store.write(finish).await?;
    if due_at.is_none() {
        tracing::info!(receipt_id = %id, "a user was erased");
    }
    Ok(())
}

async fn erase_user(context: &Context, id: Uuid, user_id: Uuid) -> Result<Progress, AccountError> {
    let (reader, now) = (context.store.reader(), context.clock.now());
    // The notice has to be sent before the address is erased.
    let notices = [MessageKind::AccountDeleted, MessageKind::UnverifiedAccountDeleted];
    if store::outbox::is_waiting(reader, user_id, notices).await? {
        return Ok(Progress::Again);
    }
    // An upload may still be under way. A file that it writes after the erasure would stay.
    let avatars = store::avatars::list(reader, user_id).await?;
    let last = avatars.iter().filter_map(|avatar| avatar.delete_at).max();
    if let Some(until) = last.filter(|until| now < *until) {
        return Ok(Progress::Wait(until));
    }
    let mut gone = Vec::new();
    for avatar in avatars {
        context.avatar_storage.delete(&avatar.file).await.map_err(AccountError::internal)?;
        gone.push(avatar.file);
    }
    context.write(async move |work| erase_rows(&work, id, user_id, gone).await).await
}

/// Erases every row of a user whose files are gone, and counts them.
async fn erase_rows(
    work: &Work,
    id: Uuid,
    user_id: Uuid,
    gone: Vec<String>,
) -> Result<Progress, AccountError> {
    store::users::lock(work, user_id).await?;
    let user = store::users::find(work, user_id).await?;
    if user.is_none_or(|user| user.status != Status::Deleted) {
        // Another node has erased the user.
        return Ok(Progress::Again);
    }
    let avatars = store::avatars::list(work, user_id).await?;
    if avatars.iter().any(|avatar| !gone.contains(&avatar.file)) {
        return Ok(Progress::Again);
    }
    let mut counts = Map::new();
    // Rows refer only to tables earlier in the list, so erase in reverse order.
    for table in PersonalData::ALL.iter().rev() {
        let count = store::personal_data::erase(work, user_id, *table).await?;
        counts.insert(table.name().to_owned(), count.into());
    }
    store::erasures::record_counts(work, id, Value::Object(counts).to_string()).await?;
    Ok(Progress::Erased)
}

/// Erases users, also those who have verified no address, and deletes old events, as long as the
/// server runs. It looks for erasures that are
/// due after each deletion of a user, and also periodically. The periodic look finds grace periods
/// that have ended, and erasures that other nodes or a crash have left behind.
pub async fn keep_erasing(context: Context) {
    let mut expiry = context.clock.now();
    loop {
        if expiry <= context.clock.now() {
            if let Err(error) = expire_unverified(&context).await {
                tracing::warn!(%error, "users who have verified no address were not erased");
            }
            expiry = context.clock.now() + EXPIRY_INTERVAL;
        }
        if let Err(error) = erase_due(&context).await {
            // The next round tries again.
            tracing::warn!(%error, "users were not erased");
        }
        if let Err(error) = delete_old_events(&context).await {
            tracing::warn!(%error, "old events were not deleted");
        }
        if let Err(error) = limits::delete_expired(&context).await {
            tracing::warn!(%error, "requests that no longer count were not deleted");
        }
        // An error means that the timeout has passed, and no user was deleted.
        let _ = timeout(INTERVAL, context.store.signals().erasure().notified()).await;
    }
}
