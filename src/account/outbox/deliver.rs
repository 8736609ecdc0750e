//! Taking and sending one message.

use std::time::Duration;

use entity::outbox::{self, MessageKind};
use tokio::sync::Notify;

use super::compose::compose;
use super::secrets::{CODE_LIFETIME, DAY, HOUR};
use crate::account::{AccountError, Context};
use crate::message::{Message, Sender};
use crate::store;
use crate::store::Queue;

/// How long a message is tried to be sent.
const fn patience(kind: MessageKind) -> Duration {
    match kind {
        MessageKind::PhoneCode => CODE_LIFETIME,
        MessageKind::ResetPassword => HOUR,
        MessageKind::VerifyEmail => DAY,
        _ => Duration::from_secs(3 * 24 * 60 * 60),
    }
}

/// The maximum number of messages without a recipient that are dropped in one transaction.
const MAX_DROPPED: usize = 64;

/// How long to wait after the first failed attempt, and after the last. Each attempt waits
/// twice as long as the one before.
const FIRST_RETRY: Duration = Duration::from_secs(10);
const LAST_RETRY: Duration = HOUR;

/// Sends what waits in the outbox.
#[derive(Clone)]
pub struct Delivery {
    context: Context,
    sender: Sender,
    /// How long a node has for a message that it took, before another node may take it.
    claim: Duration,
}

/// What came of looking for a message.
enum Taken {
    /// There is none.
    None,
    /// Many had no recipient; there may be more.
    Dropped,
    Ready(Box<(outbox::Model, Message)>),
}

impl Delivery {
    /// Sends by `sender`, which takes at most `send_timeout` for a message.
    #[must_use]
    pub fn new(context: Context, sender: Sender, send_timeout: Duration) -> Self {
        // Twice as long, so that no other node takes what is still being sent.
        Self { context, sender, claim: send_timeout * 2 }
    }

    /// The signal that there is a message to send.
    pub(super) fn signal(&self, queue: Queue) -> &Notify {
        self.context.store.signals().message(queue)
    }

    /// Sends the message that is due longest. `false`: none is due.
    pub(super) async fn deliver_one(&self, queue: Queue) -> Result<bool, AccountError> {
        // Only reads while there is nothing to do.
        let (reader, now) = (self.context.store.reader(), self.context.clock.now());
        if !store::outbox::is_due(reader, queue, now).await? {
            return Ok(false);
        }
        match self.take(queue).await? {
            Taken::None => return Ok(false),
            Taken::Dropped => {}
            Taken::Ready(taken) => self.send(taken.0, taken.1).await?,
        }
        Ok(true)
    }

    async fn take(&self, queue: Queue) -> Result<Taken, AccountError> {
        let claim = self.claim;
        self.context
            .write(async move |work| {
                for _ in 0..MAX_DROPPED {
                    let again = work.now + claim;
                    let row = store::outbox::take(&work, queue, work.now, again).await?;
                    let Some(row) = row else { return Ok(Taken::None) };
                    let message = if work.now < row.created_at + patience(row.kind) {
                        compose(&work, &row).await?
                    } else {
                        tracing::warn!(id = %row.id, kind = ?row.kind, "a message was given up");
                        None
                    };
                    match message {
                        Some(message) => return Ok(Taken::Ready(Box::new((row, message)))),
                        None => store::outbox::delete(&work, &row).await?,
                    }
                }
                Ok(Taken::Dropped)
            })
            .await
    }

    async fn send(&self, row: outbox::Model, message: Message) -> Result<(), AccountError> {
        let clock = &self.context.clock;
        let sent = self.sender.send(row.id, clock.now(), &message).await;
        let retry_at = match sent {
            Ok(()) => None,
            Err(error) if error.permanent => {
                tracing::warn!(id = %row.id, kind = ?row.kind, %error, "a message was refused");
                None
            }
            Err(error) => {
                tracing::warn!(id = %row.id, kind = ?row.kind, %error, "a message has to wait");
                Some(clock.now() + backoff(row.attempts))
            }
        };
        let finish = async move |txn| match retry_at {
            None => store::outbox::delete(&txn, &row).await,
            Some(due_at) => store::outbox::put_back(&txn, &row, due_at).await,
        };
        Ok(self.context.store.write(finish).await?)
    }
}

/// How long to wait after so many attempts.
fn backoff(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or_default().min(16);
    (FIRST_RETRY * 2_u32.pow(doublings)).min(LAST_RETRY)
}
