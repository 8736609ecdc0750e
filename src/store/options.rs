//! The options for opening a database, and the connection pools that are built from them.

use std::fmt;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectOptions, DatabaseConnection, metric};

use crate::metrics::Metrics;

/// How long start-up waits for the database to answer.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);

/// Observes each statement that was run, how long it took, and whether it failed. Statements
/// contain personal data.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(&metric::Info<'_>) + Send + Sync>);

impl Observer {
    /// An observer that calls `observe`. The request waits for it, so it should be quick.
    pub fn new(observe: impl Fn(&metric::Info<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observe))
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer(…)")
    }
}

/// The options for opening a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long a request waits for a free connection, for its turn to write, or
    /// for a lock.
    pub patience: Duration,
    /// The maximum number of units of work that share a commit on SQLite.
    pub batch: NonZero<usize>,
    /// The counters of writes and commits.
    pub metrics: Metrics,
    /// Observes the statements, if set.
    pub observer: Option<Observer>,
}

/// A pool whose statements are observed.
pub(super) fn observed(
    mut pool: DatabaseConnection,
    observer: Option<Observer>,
) -> DatabaseConnection {
    if let Some(Observer(observe)) = observer {
        pool.set_metric_callback(move |info| observe(info));
    }
    pool
}

/// The options of a pool of connections.
pub(super) fn pool(url: &str, connections: u32, patience: Duration) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(patience)
        .connect_timeout(CONNECT_TIMEOUT)
        // Statements contain personal data, and logging them takes time.
        .sqlx_logging(false);
    options
}
