//! Reading the file of an avatar.

use bytes::Bytes;

use crate::account::{AccountError, Context};
use crate::value::AvatarFile;

/// Reads the file of an avatar. Returns `None` if it does not exist.
///
/// # Errors
/// Only faults of the service.
pub async fn read(context: &Context, file: &AvatarFile) -> Result<Option<Bytes>, AccountError> {
    context.avatar_storage.get(file.as_str()).await.map_err(AccountError::internal)
}
