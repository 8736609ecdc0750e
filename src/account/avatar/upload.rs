//! Uploading an avatar.
//!
//! The row of a file is written before the file, and says when the file is to be deleted.
//! So no file stays for ever, whatever happens at whatever moment, a crash too.

use std::time::Duration;

use bytes::Bytes;

use crate::account::session::CurrentSession;
use crate::account::{AccountError, Context};
use crate::service::ResizedImage;
use crate::store::{self, Profile};
use crate::value::AvatarFile;

/// How long a file is kept that is not shown yet.
const PENDING: Duration = Duration::from_secs(60 * 60);
/// How much of that has to be left when it is shown: clocks of nodes may differ.
const MARGIN: Duration = Duration::from_secs(30 * 60);

/// Makes an image, a PNG, JPEG or WebP, the avatar of the user.
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

    // From here on, a crash leaves a file that is known, and deleted later.
    announce(context, session, file.as_str().to_owned()).await?;
    context.avatar_storage.put(file.as_str(), bytes).await.map_err(AccountError::internal)?;
    let shown = show(context, session, file.as_str().to_owned()).await;
    if shown.is_err() {
        abandon(context, session, file.as_str().to_owned()).await?;
    }
    shown
}

/// Notes a file that is about to be written.
async fn announce(
    context: &Context,
    session: CurrentSession,
    file: String,
) -> Result<(), AccountError> {
    context
        .write(async move |mut work| {
            // A user who is erased meanwhile gets no more files.
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
                // It took so long that the file is not safe from being deleted.
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

/// Marks a file to be deleted that was written in vain.
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
