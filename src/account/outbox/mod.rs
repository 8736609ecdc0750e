//! The outbox: messages that are sent at least once each, whatever breaks. Their wording and
//! the way they leave are in [`crate::message`].
//!
//! A message is taken, sent and deleted. Taking it makes its secret, of which only the hash
//! is stored, and moves its due time on: when a node fails in between, the message is taken
//! again, with another secret. All tokens of a message work; of its codes, only the last.

mod compose;
mod deliver;
mod secrets;
mod workers;

pub use deliver::Delivery;
pub use workers::Deliveries;
