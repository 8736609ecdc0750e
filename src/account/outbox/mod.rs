//! The outbox: messages that wait to be sent. Each is sent at least once, even if a node
//! fails. Their texts, and sending by SMTP or the SMS gateway, are in [`crate::message`].
//!
//! A message is taken, sent and deleted. Taking it creates its secret, of which only the
//! hash is stored, and postpones its due time. When a node fails before the message is
//! deleted, the message is taken again, with another secret. All tokens of a message are
//! valid, but only the last of its codes.

mod compose;
mod deliver;
mod secrets;
mod workers;

pub use deliver::Delivery;
pub use workers::Deliveries;
