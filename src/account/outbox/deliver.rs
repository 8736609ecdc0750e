//! Taking and sending one message.

use std::sync::Arc;
use std::time::Duration;

use entity::outbox::{self, MessageKind};
use sea_orm::ActiveEnum as _;
use tokio::sync::Notify;

use super::compose::compose;
use super::secrets::{CODE_LIFETIME, DAY, HOUR};
use crate::account::{AccountError, Context};
use crate::message::{Message, Sender};
use crate::store::{Queue, job_queue};

/// How long the service tries to send a message.
const fn patience(kind: MessageKind) -> Duration {
    match kind {
        MessageKind::PhoneCode => CODE_LIFETIME,
        MessageKind::ResetPassword => HOUR,
        MessageKind::VerifyEmail => DAY,
        _ => Duration::from_secs(3 * 24 * 60 * 60),
    }
}

/// The maximum number of messages that are dropped in one transaction because they are not needed
/// any more.
const MAX_DROPPED: usize = 64;

/// The delay after the first failed attempt, and the maximum delay. Each delay is twice as
/// long as the one before.
const FIRST_RETRY: Duration = Duration::from_secs(10);
const LAST_RETRY: Duration = HOUR;

/// Sends the messages that wait in the outbox.
#[derive(Clone)]
pub struct Delivery {
    context: Context,
    sender: Sender,
    /// How long a node may take to send a message that it took. After that, another node
    /// may take it.
    claim: Duration,
}

/// The result of taking a message.
enum Taken {
    /// No message is due.
    None,
    /// All messages that were taken were dropped, because they are not needed any more. More may be
    /// due.
    Dropped,
    Ready(Box<(outbox::Model, Message)>),
}

impl Delivery {
    /// Makes a delivery that sends by `sender`, which takes at most `send_timeout` for a
    /// message.
    #[must_use]
    pub fn new(context: Context, sender: Sender, send_timeout: Duration) -> Self {
        // Twice as long, so that no other node takes a message that is still being sent.
        Self { context, sender, claim: send_timeout * 2 }
    }

    /// The signal that there is a message to send.
    pub(super) fn signal(&self, queue: Queue) -> &Notify {
        self.context.store.signals().message(queue)
    }

    /// Sends the message of those that are due whose turn comes first. Returns `false` if none
    /// is due.
    pub(super) async fn deliver_one(&self, queue: Queue) -> Result<bool, AccountError> {
        // While there is nothing to send, this only reads.
        let (reader, now) = (self.context.store.reader(), self.context.clock.now());
        if !job_queue::is_due::<outbox::Model>(reader, queue, now).await? {
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
        let (claim, clock) = (self.claim, Arc::clone(&self.context.clock));
        let secret = self.context.secret.clone();
        let metrics = self.context.metrics.clone();
        self.context
            .write(async move |mut work| {
                // The claim begins now, and not before the wait for the turn to write.
                work.now = clock.now();
                for _ in 0..MAX_DROPPED {
                    let again = work.now + claim;
                    let row =
                        job_queue::take::<outbox::Model>(&work, queue, work.now, again).await?;
                    let Some(row) = row else { return Ok(Taken::None) };
                    let message = if work.now < row.created_at + patience(row.kind) {
                        compose(&work, &secret, &row).await?
                    } else {
                        metrics.message(row.kind.to_value(), "expired");
                        tracing::warn!(
                            id = %row.id, kind = ?row.kind,
                            "a message is dropped: it could not be sent in time"
                        );
                        None
                    };
                    match message {
                        Some(message) => return Ok(Taken::Ready(Box::new((row, message)))),
                        None => job_queue::delete(&work, &row).await?,
                    }
                }
                Ok(Taken::Dropped)
            })
            .await
    }

    fn count(&self, kind: MessageKind, outcome: &'static str) {
        self.context.metrics.message(kind.to_value(), outcome);
    }

    async fn send(&self, row: outbox::Model, message: Message) -> Result<(), AccountError> {
        let clock = &self.context.clock;
        let sent = self.sender.send(row.id, clock.now(), &message).await;
        let retry_at = match sent {
            Ok(()) => {
                self.count(row.kind, "sent");
                None
            }
            Err(error) if error.permanent => {
                self.count(row.kind, "refused");
                tracing::warn!(
                    id = %row.id, kind = ?row.kind, %error,
                    "a message is dropped: it was refused"
                );
                None
            }
            Err(error) => {
                self.count(row.kind, "retried");
                tracing::warn!(
                    id = %row.id, kind = ?row.kind, %error,
                    "a message could not be sent: it is tried again later"
                );
                Some(clock.now() + backoff(row.attempts))
            }
        };
        let finish = async move |txn| match retry_at {
            None => job_queue::delete(&txn, &row).await,
            Some(due_at) => job_queue::put_back(&txn, &row, due_at).await,
        };
        Ok(self.context.store.write(finish).await?)
    }
}

/// The delay after this number of attempts.
fn backoff(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or_default().min(16);
    (FIRST_RETRY * 2_u32.pow(doublings)).min(LAST_RETRY)
}
