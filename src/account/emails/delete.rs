//! Removing an address.

use entity::event::EventType;
use entity::outbox::MessageKind;
use uuid::Uuid;

use super::find::find;
use crate::account::{AccountError, Context, CurrentSession};
use crate::store;
use crate::value::TextValue as _;

/// Removes an address.
///
/// # Errors
/// [`AccountError::EmailNotFound`], [`AccountError::DefaultEmail`],
/// [`AccountError::LastEmail`], [`AccountError::ReauthenticationRequired`],
/// [`AccountError::SessionEnded`].
pub async fn delete(
    context: &Context,
    session: CurrentSession,
    email_id: Uuid,
) -> Result<(), AccountError> {
    let user_id = session.user_id;
    context
        .write(async move |mut work| {
            work.lock_reauthenticated(session).await?;
            let (email, count) = find(&work, user_id, email_id).await?;
            if email.is_default {
                return Err(AccountError::DefaultEmail);
            }
            if count == 1 {
                return Err(AccountError::LastEmail);
            }
            store::emails::delete(&work, user_id, email.id).await?;
            work.record(user_id, EventType::EmailRemoved, Some(email.email.as_str())).await?;
            if email.verified_at.is_some() {
                work.notify(user_id, MessageKind::EmailRemoved, Some(email.email.as_str())).await?;
            }
            Ok(())
        })
        .await
}
