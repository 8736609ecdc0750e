//! Leaving.

use entity::user::Status;

use super::profile::{Demand, check};
use super::session::{self, CurrentSession};
use super::{AccountError, Context};
use crate::store;

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

                let mut user = profile.user;
                user.status = Status::Deleted;
                user.updated_at = now.max(user.updated_at);
                store::users::update(txn, user).await?;
                Ok(store::sessions::delete_all(txn, current.user_id, None).await?)
            })
        })
        .await
}
