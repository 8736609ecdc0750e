//! The services that use cases call: hashing passwords, looking up breached ones, resizing images,
//! storing objects, keyed hashes.
//! No rule about accounts lives here. Each service has its own error type.

mod breached_passwords;
mod hashing_memory;
mod hashing_queue;
mod image_resizer;
mod object;
mod object_storage;
mod object_storage_check;
mod object_storage_url;
mod password_hasher;
mod server_secret;

pub use breached_passwords::{BreachedPasswords, ListFault, LookUpError};
pub use hashing_queue::{Lane, Turn};
pub use image_resizer::{ImageResizer, ResizeError, ResizedImage};
pub use object::Object;
pub use object_storage::ObjectStorage;
pub use object_storage_check::Unusable;
pub use object_storage_url::ObjectStorageUrl;
pub use password_hasher::{HashError, PasswordHasher};
pub use server_secret::{MAC, ServerSecret, ServerSecretError};
