//! Deleting the files of avatars that are no longer shown.

use std::time::Duration;

use tokio::time::timeout;

use crate::account::{AccountError, Context};
use crate::store;

/// How often to look for files that a crash has left behind.
const INTERVAL: Duration = Duration::from_secs(10 * 60);
/// The maximum number of files in a batch. Their rows are deleted after the whole batch.
const BATCH: u64 = 100;

/// Deletes all files that are due for deletion. Several nodes may do so at the same time.
/// After a crash, the next call deletes the rest.
///
/// # Errors
/// When a file could not be deleted. The other files of its batch are deleted.
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
            let delete = async move |txn| store::avatars::delete_rows(&txn, gone, now).await;
            context.store.write(delete).await?;
        }
        match failed {
            Some(error) => return Err(AccountError::internal(error)),
            None if is_last => return Ok(()),
            None => {}
        }
    }
}

/// Deletes files as long as the server runs. It deletes after each change that makes a
/// file due for deletion. It also looks periodically for files that other nodes or a
/// crash have left behind.
pub async fn keep_collecting(context: Context) {
    loop {
        if let Err(error) = collect(&context).await {
            // The next round tries again.
            tracing::warn!(%error, "files of avatars were not deleted");
        }
        // An error means that the timeout has passed, and no file became due.
        let _ = timeout(INTERVAL, context.store.signals().avatar().notified()).await;
    }
}
