//! Deleting the files of avatars that are no longer shown.

use std::time::Duration;

use tokio::time::timeout;

use crate::account::{AccountError, Context};
use crate::store;

/// How often to look for files that a crash has left behind.
const INTERVAL: Duration = Duration::from_secs(10 * 60);
/// The maximum number of files that are deleted before their rows are.
const BATCH: u64 = 100;

/// Deletes all files that are to be deleted by now. Several nodes may do so at the same
/// time, and a crash in between does no harm: it is done again.
///
/// # Errors
/// When a file could not be deleted; all others are.
pub async fn collect(context: &Context) -> Result<(), AccountError> {
    let now = context.clock.now();
    loop {
        let due = store::avatars::due(context.store.reader(), now, BATCH).await?;
        let is_last = u64::try_from(due.len()).is_ok_and(|count| count < BATCH);
        let (mut gone, mut failed) = (Vec::new(), None);
        for file in due {
            match context.avatar_storage.delete(&file).await {
                Ok(()) => gone.push(file),
                Err(error) => failed = Some(error),
            }
        }
        if !gone.is_empty() {
            let forget = async move |txn| store::avatars::forget(&txn, gone, now).await;
            context.store.write(forget).await?;
        }
        match failed {
            Some(error) => return Err(AccountError::internal(error)),
            None if is_last => return Ok(()),
            None => {}
        }
    }
}

/// Collects for ever: after each change that leaves a file to be deleted, and from time to
/// time what other nodes or a crash have left.
pub async fn keep_collecting(context: Context) {
    loop {
        if let Err(error) = collect(&context).await {
            // The next round will try again.
            tracing::warn!(%error, "files of avatars were not deleted");
        }
        // An error means that no file was discarded for a while.
        let _ = timeout(INTERVAL, context.store.signals().avatar().notified()).await;
    }
}
