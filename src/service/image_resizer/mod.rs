//! Turning an uploaded image into an avatar: decoding, cropping and encoding. Nothing is stored
//! here.

mod jpeg;
mod transform;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::value::AvatarFormat;

/// An image with the size of an avatar. It contains no metadata.
#[derive(Debug)]
pub struct ResizedImage {
    /// The encoded image.
    pub bytes: Bytes,
    /// The format that it is encoded in.
    pub format: AvatarFormat,
}

/// Why an image was not resized.
#[derive(Debug, thiserror::Error)]
pub enum ResizeError {
    /// The upload is not an image that can be used. The user has to choose another one.
    #[error("the image is invalid: {0}")]
    Invalid(String),
    /// The resizer did not become free in time. The same upload may work later.
    #[error("the image resizer is busy")]
    Busy,
    /// A fault of the service.
    #[error("the image resizer failed: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ResizeError {
    fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(error))
    }
}

/// Resizes images, outside the async threads and one at a time. A hostile upload can take much
/// memory and a second of a core, and two at once would take twice as much.
#[derive(Clone, Debug)]
pub struct ImageResizer {
    permit: Arc<Semaphore>,
    patience: Duration,
}

impl ImageResizer {
    /// A resizer that refuses an upload that would have to wait longer than `patience`.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        Self { permit: Arc::new(Semaphore::new(1)), patience }
    }

    /// Cuts a square out of a PNG, JPEG or WebP, and scales it to the size of an avatar.
    /// The format is read from the bytes.
    ///
    /// # Errors
    /// See [`ResizeError`].
    pub async fn resize(&self, upload: Bytes) -> Result<ResizedImage, ResizeError> {
        let waiting = Arc::clone(&self.permit).acquire_owned();
        let permit = tokio::time::timeout(self.patience, waiting)
            .await
            .map_err(|_| ResizeError::Busy)?
            .map_err(ResizeError::internal)?;
        // The task owns the permit: when a request is cancelled, its memory stays in use until
        // resizing ends.
        let resized = tokio::task::spawn_blocking(move || {
            let resized = transform::resize(&upload);
            drop(permit);
            resized
        });
        match resized.await {
            Ok(resized) => resized.map_err(|error| ResizeError::Invalid(error.to_string())),
            // A decoder panics only on bytes that are not an image.
            Err(ended) if ended.is_panic() => {
                Err(ResizeError::Invalid("the decoder panicked".to_owned()))
            }
            Err(ended) => Err(ResizeError::internal(ended)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_has_to_wait_too_long_is_told_to_come_back() {
        let resizer = ImageResizer::new(Duration::ZERO);
        let held = resizer.permit.acquire().await.unwrap();
        let busy = resizer.resize(Bytes::new()).await.unwrap_err();
        assert!(matches!(busy, ResizeError::Busy));
        drop(held);
        let resizer = ImageResizer::new(Duration::from_secs(30));
        let invalid = resizer.resize(Bytes::new()).await.unwrap_err();
        assert!(matches!(invalid, ResizeError::Invalid(_)));
    }
}
