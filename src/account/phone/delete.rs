//! Removing the phone number.

use entity::event::EventType;
use entity::outbox::MessageKind;

use crate::account::{AccountError, Context, CurrentSession};
use crate::store;
use crate::value::TextValue as _;

/// Removes the user's phone number. Codes that were sent stop working.
///
/// # Errors
/// [`AccountError::ReauthenticationRequired`], [`AccountError::SessionEnded`].
pub async fn delete(context: &Context, session: CurrentSession) -> Result<(), AccountError> {
    let user_id = session.user_id;
    context
        .write(async move |mut work| {
            let mut me = work.lock_reauthenticated(session).await?;
            store::phone_verifications::revoke(&work, user_id).await?;
            if let Some(number) = me.user.phone_number.clone() {
                work.record(user_id, EventType::PhoneNumberRemoved, Some(number.as_str())).await?;
                work.save(&mut me.user, |user| user.phone_number = None).await?;
                work.notify(user_id, MessageKind::PhoneNumberRemoved, None).await?;
            }
            Ok(())
        })
        .await
}
