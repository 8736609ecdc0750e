//! Erasing who has left, when the time to come back is over.
//!
//! Of each user, first the files, then every row in one transaction, then what the
//! database still keeps of them. Each step can be done again: whoever falls over leaves
//! the rest to whoever takes it next.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::erasure;
use entity::outbox::MessageKind;
use entity::user::Status;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{AccountError, Context};
use crate::store::holdings::Holding;
use crate::store::{self, Transaction};

/// How long whoever takes an erasure has, before another one takes it.
const LEASE: Duration = Duration::from_secs(15);
/// How long until what has to wait is looked at again; longer each time, up to a minute.
const RETRY: Duration = Duration::from_secs(1);
const MOST_RETRIES: i32 = 60;
/// How often it is looked for what had to wait, or what another node has left behind.
const INTERVAL: Duration = Duration::from_secs(2);

/// What became of an erasure that was worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// Every row is gone.
    Erased,
    /// Something else has to happen first; to be looked at again then.
    Wait(DateTime<Utc>),
    /// Not right now.
    Again,
}

/// A receipt: what is to be erased, or what was.
pub struct Receipt {
    /// Its id, which the user got in the notice.
    pub id: Uuid,
    /// When the user was deleted.
    pub requested_at: DateTime<Utc>,
    /// From when on they are erased.
    pub erase_at: DateTime<Utc>,
    /// What was erased, if it was.
    pub erased: Option<Erased>,
}

/// What was erased.
pub struct Erased {
    /// When nothing was left.
    pub at: DateTime<Utc>,
    /// Of which table how many rows.
    pub counts: Vec<(Holding, u64)>,
}

/// Where the receipt with this id is found, under the URL of the service.
#[must_use]
pub fn receipt_path(id: Uuid) -> String {
    format!("/erasures/{id}")
}

/// The receipt with this id.
///
/// # Errors
/// [`AccountError::ErasureNotFound`].
pub async fn receipt(context: &Context, id: Uuid) -> Result<Receipt, AccountError> {
    let erasure = store::erasures::find(context.store.reader(), id).await?;
    let erasure = erasure.ok_or(AccountError::ErasureNotFound)?;
    let erasure::Model { id, requested_at, erase_at, erased_at, erased, .. } = erasure;
    let counts = erased.map(|counts| serde_json::from_str::<Map<String, Value>>(&counts));
    let counts = counts.transpose().map_err(AccountError::internal)?.unwrap_or_default();
    let count = |holding: &Holding| Some((*holding, counts.get(holding.name())?.as_u64()?));
    let counts = Holding::ALL.iter().filter_map(count).collect();
    let erased = erased_at.map(|at| Erased { at, counts });
    Ok(Receipt { id, requested_at, erase_at, erased })
}

/// Erases everybody who is due. Others may do so at the same time.
///
/// # Errors
/// Only faults of the service; all others are erased.
pub async fn erase_due(context: &Context) -> Result<(), AccountError> {
    let mut failed = Ok(());
    loop {
        let now = context.clock.now();
        // Only reads while there is nothing to do.
        if !store::erasures::is_due(context.store.reader(), now).await? {
            return failed;
        }
        let taken = context
            .store
            .write(move |txn| {
                Box::pin(async move { store::erasures::take(txn, now, now + LEASE).await })
            })
            .await?;
        if let Some(erasure) = taken {
            failed = failed.and(erase(context, erasure).await);
        }
    }
}

async fn erase(context: &Context, erasure: erasure::Model) -> Result<(), AccountError> {
    let (id, now) = (erasure.id, context.clock.now());
    let retry_at = now + RETRY * erasure.attempts.clamp(1, MOST_RETRIES).unsigned_abs();
    let progress = match erasure.user_id {
        Some(user_id) => erase_user(context, &erasure, user_id).await?,
        None => Progress::Erased,
    };
    let due_at = match progress {
        Progress::Erased if context.store.scrub().await? => None,
        Progress::Wait(until) => Some(until),
        Progress::Erased | Progress::Again => Some(retry_at),
    };
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                match due_at {
                    None => store::erasures::seal(txn, id, now).await,
                    Some(due_at) => store::erasures::put_back(txn, &erasure, due_at).await,
                }
            })
        })
        .await?;
    if due_at.is_none() {
        tracing::info!(receipt_id = %id, "a user was erased");
    }
    Ok(())
}

async fn erase_user(
    context: &Context,
    erasure: &erasure::Model,
    user_id: Uuid,
) -> Result<Progress, AccountError> {
    let (id, now) = (erasure.id, context.clock.now());
    let reader = context.store.reader();
    // They are told before their address is forgotten.
    let notices = store::outbox::waiting(reader, user_id, MessageKind::AccountDeleted).await?;
    if !notices.is_empty() {
        return Ok(Progress::Again);
    }
    // A file that may be about to be written would stay.
    let avatars = store::avatars::list(reader, user_id).await?;
    let last = avatars.iter().filter_map(|avatar| avatar.delete_at).max();
    if let Some(until) = last.filter(|until| now < *until) {
        return Ok(Progress::Wait(until));
    }
    let mut gone = Vec::new();
    for avatar in avatars {
        context.files.delete(&avatar.file).await.map_err(AccountError::internal)?;
        gone.push(avatar.file);
    }
    context
        .store
        .write(move |txn| Box::pin(async move { erase_rows(txn, id, user_id, gone).await }))
        .await
}

/// Erases every row of a user whose files are gone, and counts them.
async fn erase_rows(
    txn: &Transaction,
    id: Uuid,
    user_id: Uuid,
    gone: Vec<String>,
) -> Result<Progress, AccountError> {
    store::users::lock(txn, user_id).await?;
    let user = store::users::find(txn.read().await?, user_id).await?;
    if user.is_none_or(|user| user.status != Status::Deleted) {
        // Somebody else was quicker.
        return Ok(Progress::Again);
    }
    let avatars = store::avatars::list(txn.read().await?, user_id).await?;
    if avatars.iter().any(|avatar| !gone.contains(&avatar.file)) {
        return Ok(Progress::Again);
    }
    let mut counts = Map::new();
    // Rows refer to tables before their own.
    for holding in Holding::ALL.iter().rev() {
        let count = store::holdings::erase(txn, user_id, *holding).await?;
        counts.insert(holding.name().to_owned(), count.into());
    }
    store::erasures::count(txn, id, Value::Object(counts).to_string()).await?;
    Ok(Progress::Erased)
}

/// Erases for ever: who has just left for good, and now and then what others or a crash
/// have left. Forgets old events as well.
pub async fn keep_erasing(context: Context) {
    loop {
        if let Err(error) = erase_due(&context).await {
            // The next time will try again.
            tracing::warn!(%error, "users were not erased");
        }
        if let Err(error) = super::history::forget_old(&context).await {
            tracing::warn!(%error, "old events were not forgotten");
        }
        // An error means that nobody has left for a while.
        let _ = tokio::time::timeout(INTERVAL, context.store.changes().leaving()).await;
    }
}
