//! Listens on PostgreSQL for the changes that other nodes make.
//!
//! When rows of a user change, triggers (see the migrations) notify a channel within the same
//! transaction. PostgreSQL delivers notifications in the order of their commits. So when a
//! heartbeat comes back through the channel, every change that was committed before the
//! heartbeat was sent has been received.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use migration::CHANGES_CHANNEL;
use sea_orm::SqlxError;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sea_orm::sqlx::{query, query_scalar};
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::store::effect::Effects;
use crate::store::freshness::{ForeignChanges, Freshness};

/// How long a heartbeat that came back is valid, counted from when it was sent. Every node sees the
/// changes of other nodes after this time at the latest, even if the connection fails.
pub const LEASE: Duration = Duration::from_secs(1);

/// How often a heartbeat is sent.
const HEARTBEAT: Duration = Duration::from_millis(250);

/// The text before the number of a heartbeat.
const BEAT: &str = "heartbeat ";

/// How long the listener waits before it tries to connect again.
const RETRY: Duration = Duration::from_millis(500);

/// How long connecting may take, and how long a heartbeat may take to come back.
const SILENCE: Duration = Duration::from_secs(5);

/// The time until which the listener can be relied on.
#[derive(Debug)]
pub(super) struct Lease {
    start: Instant,
    /// In nanoseconds after `start`.
    until: AtomicU64,
}

impl Lease {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { start: Instant::now(), until: AtomicU64::new(0) })
    }

    fn nanos(&self, at: Instant) -> u64 {
        u64::try_from(at.duration_since(self.start).as_nanos()).unwrap_or(u64::MAX)
    }

    /// Renews the lease: every change that was committed before `at` has been received.
    fn renew(&self, at: Instant) {
        self.until.store(self.nanos(at + LEASE), Ordering::SeqCst);
    }

    fn end(&self) {
        self.until.store(0, Ordering::SeqCst);
    }
}

impl ForeignChanges for Arc<Lease> {
    fn are_known(&self) -> bool {
        self.nanos(Instant::now()) < self.until.load(Ordering::SeqCst)
    }
}

/// The task that follows the changes of other nodes. It stops when this is dropped.
#[derive(Debug)]
pub(in crate::store) struct ChangeFeed(AbortHandle);

impl Drop for ChangeFeed {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Starts to follow the changes of other nodes.
pub(super) fn follow(
    options: PgConnectOptions,
    effects: Arc<Effects>,
    lease: Arc<Lease>,
) -> ChangeFeed {
    let task = tokio::spawn(async move {
        // A heartbeat writes nothing that has to be durable.
        let options = options
            .application_name("current-user listener")
            .options([("synchronous_commit", "off")]);
        loop {
            let error = hear(&options, &effects.freshness, &lease).await;
            lease.end();
            tracing::warn!(%error, "lost the feed of other nodes' changes: the cache is bypassed");
            tokio::time::sleep(RETRY).await;
        }
    });
    ChangeFeed(task.abort_handle())
}

/// Notes changes until an error occurs. Returns the error.
async fn hear(options: &PgConnectOptions, freshness: &Freshness, lease: &Lease) -> SqlxError {
    match timeout(SILENCE, connect(options)).await {
        Ok(Ok(listener)) => {
            // The listener has not received the changes that were made before now.
            freshness.all_changed();
            tracing::info!("following other nodes' changes");
            hear_all(listener, freshness, lease).await.err().unwrap_or(SqlxError::PoolClosed)
        }
        Ok(Err(error)) => error,
        Err(_) => SqlxError::PoolTimedOut,
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgListener, SqlxError> {
    let pool = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    let mut listener = PgListener::connect_with(&pool.connect_with(options.clone()).await?).await?;
    // An automatic reconnect would lose notifications without an error.
    listener.eager_reconnect(false);
    listener.listen(CHANGES_CHANNEL).await?;
    Ok(listener)
}

async fn hear_all(
    mut listener: PgListener,
    freshness: &Freshness,
    lease: &Lease,
) -> Result<(), SqlxError> {
    let own: i32 = query_scalar("SELECT pg_backend_pid()").fetch_one(&mut listener).await?;
    let mut pulse = interval(HEARTBEAT);
    pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut beats: u64 = 0;
    // The heartbeat that has not come back yet.
    let mut sent: Option<Instant> = None;
    loop {
        tokio::select! {
            notification = listener.try_recv() => {
                let Some(notification) = notification? else { return Ok(()) };
                let is_own = notification.process_id().cast_signed() == own;
                match (notification.payload().strip_prefix(BEAT), sent) {
                    (Some(beat), Some(at)) if is_own && beat == beats.to_string() => {
                        lease.renew(at);
                        sent = None;
                    }
                    // A heartbeat of another node, or an old one.
                    (Some(_), _) => {}
                    (None, _) => match notification.payload().parse() {
                        Ok(user_id) => freshness.changed(user_id),
                        Err(_) => freshness.all_changed(),
                    },
                }
            }
            _ = pulse.tick() => match sent {
                Some(at) if at.elapsed() > SILENCE => return Err(SqlxError::PoolTimedOut),
                Some(_) => {}
                None => {
                    beats += 1;
                    sent = Some(Instant::now());
                    let beat = query("SELECT pg_notify($1, $2)")
                        .bind(CHANGES_CHANNEL)
                        .bind(format!("{BEAT}{beats}"));
                    let beat = timeout(SILENCE, beat.execute(&mut listener)).await;
                    beat.map_err(|_| SqlxError::PoolTimedOut)??;
                }
            }
        }
    }
}
