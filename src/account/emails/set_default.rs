//! Choosing the default address.

use entity::event::EventType;
use entity::outbox::MessageKind;
use uuid::Uuid;

use super::find::find;
use crate::account::{AccountError, Context, CurrentSession};
use crate::store::{self, Profile};
use crate::value::TextValue as _;

/// Makes a verified address the default, and notifies the previous default address.
///
/// # Errors
/// [`AccountError::EmailNotFound`], [`AccountError::EmailNotVerified`],
/// [`AccountError::ReauthenticationRequired`], [`AccountError::SessionEnded`].
pub async fn set_default(
    context: &Context,
    session: CurrentSession,
    email_id: Uuid,
) -> Result<Profile, AccountError> {
    let user_id = session.user_id;
    context
        .write(async move |mut work| {
            let mut me = work.lock_reauthenticated(session).await?;
            let (email, _) = find(&work, user_id, email_id).await?;
            if email.verified_at.is_none() {
                return Err(AccountError::EmailNotVerified);
            }
            if !email.is_default {
                let (kind, chosen) = (MessageKind::DefaultEmailChanged, Some(email.email.as_str()));
                work.record(user_id, EventType::DefaultEmailChanged, chosen).await?;
                // Notify before the change, so that the previous default address gets the
                // notice.
                work.notify_since(user_id, kind, chosen, email.created_at).await?;
                store::emails::set_default(&work, user_id, email.id, work.now).await?;
                let now = work.now;
                work.save(&mut me.user, |user| user.updated_at = now).await?;
                me.default_email = Some(email.email);
            }
            Ok(me)
        })
        .await
}
