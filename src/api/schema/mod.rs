//! What only the document shows: schemas that several operations share. What a text value
//! looks like is in [`crate::value`].

pub(crate) mod choice;
pub mod timestamp;
pub(crate) mod user_status;
