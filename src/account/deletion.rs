//! Leaving.

use chrono::{DateTime, Utc};
use entity::user::{self, Status};

use super::profile::{Demand, check};
use super::session::{self, CurrentSession};
use super::{AccountError, Context};
use crate::store::{self, Transaction};

/// Marks the user as deleted and ends all their sessions, in one transaction.
///
/// # Errors
/// [`AccountError::Outdated`], [`AccountError::SessionEnded`].
pub async fn delete(
    context: &Context,
    current: CurrentSession,
    demand: Option<Demand>,
) -> Result<(), AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let profile = session::lock(txn, current, &alive).await?;
                check(demand, &profile)?;
                close(txn, profile.user, now).await
            })
        })
        .await
}

/// Marks a locked user as deleted and ends all their sessions.
pub(super) async fn close(
    txn: &Transaction,
    mut user: user::Model,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let user_id = user.id;
    user.status = Status::Deleted;
    user.updated_at = now.max(user.updated_at);
    store::users::update(txn, user).await?;
    Ok(store::sessions::delete_all(txn, user_id, None).await?)
}
