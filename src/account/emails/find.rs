//! Finding addresses of a user.

use entity::email;
use uuid::Uuid;

use crate::account::{AccountError, Context, CurrentSession};
use crate::store::{self, Read};

/// Lists the addresses of the user, oldest first.
///
/// # Errors
/// Only faults of the service.
pub async fn list(
    context: &Context,
    session: CurrentSession,
) -> Result<Vec<email::Model>, AccountError> {
    Ok(store::emails::list(context.store.reader(), session.user_id).await?)
}

/// Finds one of the user's addresses. Also returns the number of their addresses.
pub(super) async fn find(
    db: &impl Read,
    user_id: Uuid,
    email_id: Uuid,
) -> Result<(email::Model, usize), AccountError> {
    let mut emails = store::emails::list(db, user_id).await?;
    let count = emails.len();
    let place = emails.iter().position(|email| email.id == email_id);
    Ok((emails.swap_remove(place.ok_or(AccountError::EmailNotFound)?), count))
}
