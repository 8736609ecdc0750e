//! Reading the file of an avatar.

use crate::account::{AccountError, Context};
use crate::service::Object;
use crate::value::AvatarFile;

/// Opens the file of an avatar. Returns `None` if it does not exist.
///
/// # Errors
/// Only faults of the service.
pub async fn read(context: &Context, file: &AvatarFile) -> Result<Option<Object>, AccountError> {
    context.avatar_storage.open_object(file.as_str()).await.map_err(AccountError::internal)
}
