//! Sending what waits in the outbox: at least once each, whatever breaks.
//!
//! A message is taken, sent and deleted. Taking it makes its secret, of which only
//! the hash is stored, and moves on when it is due: a node that falls over in between
//! leaves it to be taken again, with another secret. Of tokens, the one before works as
//! well; of codes, the last one.

use std::time::Duration;

use entity::outbox::{self, MessageKind};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{AccountError, Context};
use crate::message::{Message, Sender};
use crate::store;
use crate::store::outbox::Lane;

mod composer;

use composer::{CODE_LIFETIME, Composer};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long it is tried to send a message.
const fn patience(kind: MessageKind) -> Duration {
    match kind {
        MessageKind::PhoneCode => CODE_LIFETIME,
        MessageKind::ResetPassword => HOUR,
        MessageKind::VerifyEmail => DAY,
        _ => Duration::from_secs(3 * 24 * 60 * 60),
    }
}

/// Messages that are sent at once. Each lane has its own workers: neither a mail server
/// that stalls nor a flood of requests may hold back a code that works for ten minutes.
const WORKERS: [(Lane, usize); 3] = [(Lane::Mail, 3), (Lane::Texts, 2), (Lane::Requests, 1)];

/// Most messages to nobody that are dropped in one transaction.
const MOST_DROPPED: usize = 64;

/// How long until somebody looks for messages that another node left behind.
const INTERVAL: Duration = Duration::from_secs(5);

/// How long after a failure it is tried again; twice as long each time.
const FIRST_RETRY: Duration = Duration::from_secs(10);
const LAST_RETRY: Duration = HOUR;

/// Sends what waits in the outbox.
#[derive(Clone)]
pub struct Delivery {
    context: Context,
    sender: Sender,
    /// How long whoever takes a message has, before another one takes it.
    lease: Duration,
}

/// What sends in the background.
pub struct Deliveries {
    stop: watch::Sender<bool>,
    workers: JoinSet<()>,
}

impl Deliveries {
    /// Stops. Messages that are being sent are sent first.
    pub async fn stop(mut self) {
        // An error means that nothing is sent any more.
        let _ = self.stop.send(true);
        while self.workers.join_next().await.is_some() {}
    }
}

/// What came of looking for a message.
enum Taken {
    /// There is none.
    None,
    /// Many were to nobody; there may be more.
    Dropped,
    Ready(Box<(outbox::Model, Message)>),
}

impl Delivery {
    /// Sends by `sender`, which takes `send_timeout` for a message at most.
    #[must_use]
    pub fn new(context: Context, sender: Sender, send_timeout: Duration) -> Self {
        // Twice as long, so that nobody takes what is still being sent.
        Self { context, sender, lease: send_timeout * 2 }
    }

    /// Sends in the background from now on, until told to stop.
    #[must_use]
    pub fn start(&self) -> Deliveries {
        let (stop, stopped) = watch::channel(false);
        let mut workers = JoinSet::new();
        for (lane, count) in WORKERS {
            for _ in 0..count {
                workers.spawn(self.clone().run(lane, stopped.clone()));
            }
        }
        Deliveries { stop, workers }
    }

    async fn run(self, lane: Lane, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            match self.deliver_one(lane).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "messages can't be sent right now"),
            }
            tokio::select! {
                () = self.context.store.changes().posted(lane) => {}
                () = sleep(INTERVAL) => {}
                _ = stopped.changed() => {}
            }
        }
    }

    /// Sends everything that is due. Returns when nothing is.
    ///
    /// # Errors
    /// Only faults of the service. That a message could not be sent is none: it is
    /// due again later.
    pub async fn deliver_due(&self) -> Result<(), AccountError> {
        for (lane, _) in WORKERS {
            while self.deliver_one(lane).await? {}
        }
        Ok(())
    }

    /// Sends what is due longest. `false`: nothing is.
    async fn deliver_one(&self, lane: Lane) -> Result<bool, AccountError> {
        // Only reads while there is nothing to do.
        let (reader, now) = (self.context.store.reader(), self.context.clock.now());
        if !store::outbox::is_due(reader, lane, now).await? {
            return Ok(false);
        }
        match self.take(lane).await? {
            Taken::None => return Ok(false),
            Taken::Dropped => {}
            Taken::Ready(taken) => self.send(taken.0, taken.1).await?,
        }
        Ok(true)
    }

    async fn take(&self, lane: Lane) -> Result<Taken, AccountError> {
        let Self { context, lease, .. } = self.clone();
        let store = context.store.clone();
        store
            .write(move |txn| {
                Box::pin(async move {
                    let now = context.clock.now();
                    let composer = Composer::new(txn, &context, now);
                    for _ in 0..MOST_DROPPED {
                        let row = store::outbox::take(txn, lane, now, now + lease).await?;
                        let Some(row) = row else { return Ok(Taken::None) };
                        let message = match now < row.created_at + patience(row.kind) {
                            true => composer.compose(&row).await?,
                            false => {
                                tracing::warn!(id = %row.id, kind = ?row.kind, "a message was given up");
                                None
                            }
                        };
                        match message {
                            Some(message) => return Ok(Taken::Ready(Box::new((row, message)))),
                            None => store::outbox::delete(txn, &row).await?,
                        }
                    }
                    Ok(Taken::Dropped)
                })
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
        let store = &self.context.store;
        store
            .write(move |txn| {
                Box::pin(async move {
                    match retry_at {
                        None => store::outbox::delete(txn, &row).await?,
                        Some(due_at) => store::outbox::put_back(txn, &row, due_at).await?,
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// How long to wait after so many attempts.
fn backoff(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or_default().min(16);
    (FIRST_RETRY * 2_u32.pow(doublings)).min(LAST_RETRY)
}
