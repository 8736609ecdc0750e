//! The avatar: uploading, reading and removing it, and deleting files that are no longer
//! shown. Decoding and resizing images is in [`crate::service`].

mod collect;
mod delete;
mod read;
mod upload;

pub use collect::{collect, keep_collecting};
pub use delete::delete;
pub use read::read;
pub use upload::upload;
