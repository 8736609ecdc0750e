//! The outbox: messages that wait to be sent. Each is sent at least once, even if a node
//! fails. Their texts are in [`crate::message`], together with the code that sends by
//! SMTP or the SMS gateway.
//!
//! A message is taken, sent and deleted. Taking it creates its secret, of which only the
//! hash is stored, and postpones its due time. When a node fails before the message is
//! deleted, the message is taken again, with another secret. All tokens that were sent
//! for a message are valid. Of its codes, only the last one is valid.
//!
//! Messages are not sent in the order in which they were requested, but by turns: see `place`.

mod compose;
mod deliver;
mod place;
mod secrets;
mod unverified;
mod workers;

pub use deliver::Delivery;
pub(super) use place::{Cause, Place};
pub use workers::Deliveries;
