//! Uploading an avatar.
//!
//! The row of a file is written before the file, and says when the file is to be deleted.
//! So no file stays for ever, even after a crash.

use std::time::Duration;

use bytes::Bytes;

use crate::account::{AccountError, Context, CurrentSession};
use crate::service::ResizedImage;
use crate::store::{self, Profile};
use crate::value::AvatarFile;

/// The time in which a new file must become the avatar. After that, the file is deleted.
const PENDING: Duration = Duration::from_secs(60 * 60);
/// The part of that time that must be left when the file becomes the avatar, because the
/// clocks of nodes may differ.
const MARGIN: Duration = Duration::from_secs(30 * 60);

/// Makes an uploaded image (PNG, JPEG or WebP) the avatar of the user.
///
/// # Errors
/// [`AccountError::InvalidImage`], [`AccountError::SessionEnded`],
/// [`AccountError::Busy`].
pub async fn upload(
    context: &Context,
    session: CurrentSession,
    image: Bytes,
) -> Result<Profile, AccountError> {
    let ResizedImage { bytes, format } = context.image_resizer.resize(image).await?;
    let file = AvatarFile::new(format, context.random.bytes());

    // From here on, a file that a crash leaves behind has a row, so it is deleted later.
    announce(context, session, file.as_str().to_owned()).await?;
    context.avatar_storage.put(file.as_str(), bytes).await.map_err(AccountError::internal)?;
    let shown = show(context, session, file.as_str().to_owned()).await;
    if shown.is_err() {
        abandon(context, session, file.as_str().to_owned()).await?;
    }
    shown
}

/// Inserts the row of a file before the file is written.
async fn announce(
    context: &Context,
    session: CurrentSession,
    file: String,
) -> Result<(), AccountError> {
    context
        .write(async move |mut work| {
            // The lock fails if the user was erased, so no file is written for them.
            work.lock(session).await?;
            let until = work.now + PENDING;
            Ok(store::avatars::insert(&work, session.user_id, file, work.now, until).await?)
        })
        .await
}

/// Makes a file that was written the avatar of the user.
async fn show(
    context: &Context,
    session: CurrentSession,
    file: String,
) -> Result<Profile, AccountError> {
    context
        .write(async move |mut work| {
            let mut me = work.lock(session).await?;
            let soon = work.now + MARGIN;
            if !store::avatars::keep(&work, session.user_id, &file, soon).await? {
                // The upload took so long that a node may be about to delete the file.
                return Err(AccountError::Busy);
            }
            work.save(&mut me.user, |user| {
                user.avatar_file = Some(file);
                user.avatar_url = None;
            })
            .await?;
            Ok(me)
        })
        .await
}

/// Marks a written file for deletion, because it could not be shown.
async fn abandon(
    context: &Context,
    session: CurrentSession,
    file: String,
) -> Result<(), AccountError> {
    context
        .write(async move |work| {
            Ok(store::avatars::discard(&work, session.user_id, &file, work.now).await?)
        })
        .await
}
