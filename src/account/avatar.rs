//! Uploading a picture, taking it away, and deleting files that nobody needs.
//!
//! A file that exists is in a table, and the table says when it is to be deleted. So
//! whatever happens at whatever moment, a crash too, no file stays for ever.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use entity::user;
use uuid::Uuid;

use super::avatar_file::AvatarFile;
use super::session::{self, CurrentSession};
use super::{AccountError, Context};
use crate::service::ResizedImage;
use crate::store::{self, Profile, Transaction};

/// How long a file is kept that is on its way to becoming a picture.
const PENDING: Duration = Duration::from_secs(60 * 60);
/// How much of that has to be left when it does: clocks of nodes may differ.
const MARGIN: Duration = Duration::from_secs(30 * 60);
/// How often files are looked for that a crash has left behind.
const COLLECT_INTERVAL: Duration = Duration::from_secs(10 * 60);
/// Most files that are deleted before it is written that they are.
const BATCH: u64 = 100;

/// Makes `upload`, a PNG, JPEG or WebP, the picture of the user.
///
/// # Errors
/// [`AccountError::InvalidImage`], [`AccountError::SessionEnded`],
/// [`AccountError::Busy`].
pub async fn put_avatar(
    context: &Context,
    current: CurrentSession,
    upload: Bytes,
) -> Result<Profile, AccountError> {
    let ResizedImage { bytes, format } = context.image_resizer.resize(upload).await?;
    let file = AvatarFile::new(format, &*context.random);

    // From here on, a crash leaves a file that is known, and deleted later.
    announce(context, current, &file).await?;
    context.files.put(file.as_str(), bytes).await.map_err(AccountError::internal)?;
    let shown = show(context, current, &file).await;
    if shown.is_err() {
        abandon(context, current.user_id, &file).await?;
    }
    shown
}

/// Notes a file that is about to be written.
async fn announce(
    context: &Context,
    current: CurrentSession,
    file: &AvatarFile,
) -> Result<(), AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let file = file.as_str().to_owned();
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                // Who is erased meanwhile gets no more files.
                session::lock(txn, current, &alive).await?;
                let until = now + PENDING;
                Ok(store::avatars::insert(txn, current.user_id, file, now, until).await?)
            })
        })
        .await
}

/// Makes a file that was written the picture of the user.
async fn show(
    context: &Context,
    current: CurrentSession,
    file: &AvatarFile,
) -> Result<Profile, AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let name = file.as_str().to_owned();
    let (profile, discards) = context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let mut profile = session::lock(txn, current, &alive).await?;
                if !store::avatars::keep(txn, current.user_id, &name, now + MARGIN).await? {
                    // It took so long that it is not safe from being deleted.
                    return Err(AccountError::Busy);
                }
                let mut user = profile.user.clone();
                user.avatar_file = Some(name);
                user.avatar_url = None;
                let discards = replace(txn, &mut profile, user, now).await?;
                Ok::<_, AccountError>((profile, discards))
            })
        })
        .await?;
    context.collect_later(discards);
    Ok(profile)
}

/// Has a file deleted that was written in vain.
async fn abandon(context: &Context, user_id: Uuid, file: &AvatarFile) -> Result<(), AccountError> {
    let now = context.clock.now();
    let name = file.as_str().to_owned();
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                Ok::<_, AccountError>(store::avatars::discard(txn, user_id, &name, now).await?)
            })
        })
        .await?;
    context.collect_later(true);
    Ok(())
}

/// Takes the picture of the user away, be it a file or a URL.
///
/// # Errors
/// [`AccountError::SessionEnded`].
pub async fn delete_avatar(context: &Context, current: CurrentSession) -> Result<(), AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let discards = context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let mut profile = session::lock(txn, current, &alive).await?;
                let user = profile.user.clone();
                let user = user::Model { avatar_file: None, avatar_url: None, ..user };
                replace(txn, &mut profile, user, now).await
            })
        })
        .await?;
    context.collect_later(discards);
    Ok(())
}

/// Whether a change leaves a file to be deleted.
pub(super) type Discards = bool;

/// Writes what has become of a user who was read under a lock, if they have changed
/// at all. Has the file deleted that they don't show any more.
pub(super) async fn replace(
    txn: &Transaction,
    profile: &mut Profile,
    mut user: user::Model,
    now: DateTime<Utc>,
) -> Result<Discards, AccountError> {
    if user == profile.user {
        return Ok(false);
    }
    // Who waited longer for the lock has an earlier `now`.
    user.updated_at = now.max(user.updated_at);
    store::users::update(txn, user.clone()).await?;
    let old = std::mem::replace(&mut profile.user, user).avatar_file;
    let discarded = old.filter(|file| profile.user.avatar_file.as_ref() != Some(file));
    if let Some(file) = &discarded {
        store::avatars::discard(txn, profile.user.id, file, now).await?;
    }
    Ok(discarded.is_some())
}

impl Context {
    /// Has collected what a committed change left to be deleted.
    pub(super) fn collect_later(&self, discards: Discards) {
        if discards {
            self.discarded.notify_one();
        }
    }
}

/// The file of a picture, if it is there.
///
/// # Errors
/// Only faults of the service.
pub async fn read_avatar(
    context: &Context,
    file: &AvatarFile,
) -> Result<Option<Bytes>, AccountError> {
    context.files.get(file.as_str()).await.map_err(AccountError::internal)
}

/// Deletes all files that are to be deleted by now. Others may do so at the same
/// time, and a crash in between does no harm: it is done again.
///
/// # Errors
/// When a file could not be deleted; all others are.
pub async fn collect_avatars(context: &Context) -> Result<(), AccountError> {
    let now = context.clock.now();
    loop {
        let due = store::avatars::due(context.store.reader(), now, BATCH).await?;
        let is_last = u64::try_from(due.len()).is_ok_and(|count| count < BATCH);
        let (mut gone, mut failed) = (Vec::new(), None);
        for file in due {
            match context.files.delete(&file).await {
                Ok(()) => gone.push(file),
                Err(error) => failed = Some(error),
            }
        }
        if !gone.is_empty() {
            context
                .store
                .write(move |txn| {
                    Box::pin(async move { store::avatars::forget(txn, gone, now).await })
                })
                .await?;
        }
        match failed {
            Some(error) => return Err(AccountError::internal(error)),
            None if is_last => return Ok(()),
            None => {}
        }
    }
}

/// Collects for ever: after each change that leaves a file to be deleted, and now and
/// then what others or a crash have left.
pub async fn keep_collecting_avatars(context: Context) {
    loop {
        if let Err(error) = collect_avatars(&context).await {
            // The next time will try again.
            tracing::warn!(%error, "files of pictures were not deleted");
        }
        // An error means that nothing was discarded for a while.
        let _ = tokio::time::timeout(COLLECT_INTERVAL, context.discarded.notified()).await;
    }
}
