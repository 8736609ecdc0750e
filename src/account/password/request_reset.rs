//! Requesting a password reset.

use entity::outbox::MessageKind;

use crate::account::{AccountError, Context};
use crate::value::{Email, TextValue as _};

/// Mails a token that sets a new password, if the address has an account. The account is
/// looked up only when the mail is sent. So for an address without an account, the
/// request does the same work and takes the same time.
///
/// # Errors
/// [`AccountError::Busy`].
pub async fn request_reset(context: &Context, email: Email) -> Result<(), AccountError> {
    context
        .write(async move |work| {
            Ok(work.send(MessageKind::ResetPassword, None, email.as_str(), None).await?)
        })
        .await
}
