//! The background tasks. The service needs each of them, so the server stops when one ends.

use tokio::task::JoinSet;

use crate::account::outbox::{Deliveries, Delivery};
use crate::account::{Context, avatar, leaving};

/// The background tasks.
pub(super) struct Tasks {
    /// Each returns its name when it ends.
    tasks: JoinSet<&'static str>,
    deliveries: Deliveries,
}

impl Tasks {
    /// Starts all tasks.
    pub(super) fn start(context: &Context, delivery: &Delivery) -> Self {
        let mut tasks = JoinSet::new();
        let (collecting, erasing) = (context.clone(), context.clone());
        tasks.spawn(async {
            avatar::keep_collecting(collecting).await;
            "deleting the files of avatars"
        });
        tasks.spawn(async {
            leaving::keep_erasing(erasing).await;
            "erasing users"
        });
        Self { tasks, deliveries: Deliveries::start(delivery) }
    }

    /// Resolves when a task has ended, and returns its name. No task ends by itself.
    pub(super) async fn ended(&mut self) -> &'static str {
        tokio::select! {
            ended = self.tasks.join_next() => match ended {
                Some(Ok(name)) => name,
                // A task that panicked can't return its name. The log says where it
                // panicked.
                _ => "a background task",
            },
            () = self.deliveries.ended() => "sending messages",
        }
    }

    /// Stops all tasks. The workers finish the messages that they are sending.
    pub(super) async fn stop(mut self) {
        self.deliveries.stop().await;
        self.tasks.shutdown().await;
    }
}
