//! The services that use cases call: hashing passwords, resizing images, storing objects.
//! No rule about accounts lives here. Each service has its own error type.

mod hashing_memory;
mod image_resizer;
mod object_storage;
mod object_storage_url;
mod password_hasher;

pub use image_resizer::{ImageResizer, ResizeError, ResizedImage};
pub use object_storage::ObjectStorage;
pub use object_storage_url::ObjectStorageUrl;
pub use password_hasher::{HashError, PasswordHasher};
