//! The workers that send messages in the background.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::deliver::Delivery;
use crate::account::AccountError;
use crate::store::Queue;

/// The number of workers per queue, each of which sends one message at a time. Each queue
/// has its own workers. So a mail server that stalls, or a flood of requests, does not
/// delay codes, which are valid for only ten minutes.
const WORKERS: [(Queue, usize); 3] = [(Queue::Mail, 4), (Queue::Texts, 2), (Queue::Requests, 4)];

/// How often a worker looks for messages that another node has left behind.
const INTERVAL: Duration = Duration::from_secs(5);

/// The workers of one process.
pub struct Deliveries {
    stop: watch::Sender<bool>,
    workers: JoinSet<()>,
}

impl Deliveries {
    /// Starts the workers.
    #[must_use]
    pub fn start(delivery: &Delivery) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut workers = JoinSet::new();
        for (queue, count) in WORKERS {
            for _ in 0..count {
                workers.spawn(run(delivery.clone(), queue, stopped.clone()));
            }
        }
        Self { stop, workers }
    }

    /// Resolves when a worker has ended. No worker ends before [`Deliveries::stop`].
    pub async fn ended(&mut self) {
        self.workers.join_next().await;
    }

    /// Stops the workers. Each worker finishes the message that it is sending.
    pub async fn stop(mut self) {
        // An error means that every worker has ended.
        let _ = self.stop.send(true);
        while self.workers.join_next().await.is_some() {}
    }
}

async fn run(delivery: Delivery, queue: Queue, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match delivery.deliver_one(queue).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "messages can't be sent right now"),
        }
        tokio::select! {
            () = delivery.signal(queue).notified() => {}
            () = sleep(INTERVAL) => {}
            _ = stopped.changed() => {}
        }
    }
}

impl Delivery {
    /// Sends everything that is due. Returns when nothing is.
    ///
    /// # Errors
    /// Only faults of the service. A message that could not be sent is due again later.
    pub async fn deliver_due(&self) -> Result<(), AccountError> {
        for (queue, _) in WORKERS {
            while self.deliver_one(queue).await? {}
        }
        Ok(())
    }
}
