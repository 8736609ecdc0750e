//! Leaving.

use entity::user::Status;

use super::session::CurrentSession;
use super::{AccountError, Context};
use crate::store;

/// Marks the user as deleted and ends all their sessions, in one transaction.
///
/// # Errors
/// [`AccountError::SessionEnded`] when the user left meanwhile.
pub async fn delete(context: &Context, current: CurrentSession) -> Result<(), AccountError> {
    let now = context.clock.now();
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let mut user = store::users::lock(txn, current.user_id)
                    .await?
                    .filter(store::users::may_log_in)
                    .ok_or(AccountError::SessionEnded)?;
                user.status = Status::Deleted;
                user.updated_at = now;
                store::users::update(txn, user).await?;
                Ok(store::sessions::delete_all(txn, current.user_id, None).await?)
            })
        })
        .await
}
