//! Removing the avatar.

use crate::account::{AccountError, Context, CurrentSession};

/// Removes the avatar of the user, whether it is a file or a URL.
///
/// # Errors
/// [`AccountError::SessionEnded`].
pub async fn delete(context: &Context, session: CurrentSession) -> Result<(), AccountError> {
    context
        .write(async move |mut work| {
            let mut me = work.lock(session).await?;
            work.save(&mut me.user, |user| {
                user.avatar_file = None;
                user.avatar_url = None;
            })
            .await?;
            Ok(())
        })
        .await
}
