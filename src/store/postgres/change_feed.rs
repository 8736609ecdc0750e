//! Follows the changes of other nodes and programs on PostgreSQL.
//!
//! Triggers note in a table who has changed, within the same transaction. Each node reads the
//! table several times a second. That alone keeps the promise of the lease. After its commits, a node
//! also notifies the others, which normally know of a change within milliseconds. If a
//! notification is lost, the next read finds the change.

use std::sync::Arc;
use std::time::{Duration, Instant};

use migration::CHANGES_CHANNEL;
use sea_orm::SqlxError;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgListener, PgNotification, PgPoolOptions};
use sea_orm::sqlx::{AssertSqlSafe, query, query_scalar, raw_sql};
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use uuid::Uuid;

use super::announcements::Announcements;
use super::change_table::{ChangeTable, Changed, exists};
use super::lease::Lease;
use crate::store::effect::Effects;
use crate::store::freshness::Freshness;

/// How often the table is read.
const READING: Duration = Duration::from_millis(250);

/// How long to wait before the next attempt to connect.
const RETRY: Duration = Duration::from_millis(500);

/// How often to look whether the migrations are applied.
const MIGRATING: Duration = Duration::from_millis(50);

/// How long connecting or a statement may take. The server ends the statement, too, so that none
/// is left behind.
const SILENCE: Duration = Duration::from_secs(5);

/// The task that follows the changes. It stops when this is dropped.
#[derive(Debug)]
pub(in crate::store) struct ChangeFeed {
    task: AbortHandle,
    announcements: Arc<Announcements>,
}

impl ChangeFeed {
    /// Announces to other nodes that this node has changed a user. Must be called after the commit.
    pub(in crate::store) fn announce(&self, user_id: Uuid) {
        self.announcements.add(user_id);
    }
}

impl Drop for ChangeFeed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts to follow the changes that `node` does not make.
pub(super) fn follow(
    options: PgConnectOptions,
    node: Uuid,
    effects: Arc<Effects>,
    lease: Arc<Lease>,
) -> ChangeFeed {
    let announcements = Arc::new(Announcements::default());
    let announced = Arc::clone(&announcements);
    let task = tokio::spawn(async move {
        let options = options.application_name("current-user listener");
        loop {
            let feed = Feed { node, freshness: &effects.freshness, lease: &lease };
            let error = feed.run(&options, &announced).await.err().unwrap_or(SqlxError::PoolClosed);
            lease.end();
            tracing::warn!(%error, "lost the feed of other nodes' changes: the cache is bypassed");
            tokio::time::sleep(RETRY).await;
        }
    });
    ChangeFeed { task: task.abort_handle(), announcements }
}

struct Feed<'a> {
    node: Uuid,
    freshness: &'a Freshness,
    lease: &'a Lease,
}

impl Feed<'_> {
    /// Follows changes until an error occurs.
    async fn run(
        &self,
        options: &PgConnectOptions,
        announcements: &Announcements,
    ) -> Result<(), SqlxError> {
        let mut connection = in_time(connect(options)).await?;
        let own: i32 =
            in_time(query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection)).await?;
        while !in_time(exists(&mut connection)).await? {
            tokio::time::sleep(MIGRATING).await;
        }
        let mut table = in_time(ChangeTable::open(&mut connection, self.node)).await?;
        // Nobody knows what was changed before now.
        self.freshness.all_changed();
        tracing::info!("following other nodes' changes");

        let mut reading = interval(READING);
        reading.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut announced = tokio::time::Instant::now();
        loop {
            tokio::select! {
                heard = connection.try_recv() => match heard? {
                    Some(heard) => self.hear(&heard, own),
                    None => return Ok(()),
                },
                () = announcements.are_due(announced) => {
                    in_time(announce(&mut connection, announcements.take())).await?;
                    announced = tokio::time::Instant::now();
                }
                _ = reading.tick() => self.read(&mut table, &mut connection).await?,
            }
        }
    }

    /// Notes the changes since the last read, and renews the lease.
    async fn read(
        &self,
        table: &mut ChangeTable,
        connection: &mut PgListener,
    ) -> Result<(), SqlxError> {
        let began = Instant::now();
        match in_time(table.read(connection)).await? {
            Changed::Users(users) => users.into_iter().for_each(|id| self.freshness.changed(id)),
            Changed::Anybody => self.freshness.all_changed(),
        }
        self.lease.renew(began);
        in_time(table.prune(connection)).await
    }

    /// Notes the change that another node has announced.
    fn hear(&self, heard: &PgNotification, own: i32) {
        if heard.process_id().cast_signed() == own {
            return;
        }
        match heard.payload().parse() {
            Ok(user_id) => self.freshness.changed(user_id),
            Err(_) => self.freshness.all_changed(),
        }
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgListener, SqlxError> {
    let pool = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    // An announcement need not be durable. An index makes reading fast from the first change on.
    let settings = format!(
        "SET synchronous_commit = off; SET enable_seqscan = off; SET statement_timeout = {}",
        SILENCE.as_millis()
    );
    let pool = pool.connect_with(options.clone()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    // An automatic reconnect would lose notifications without an error.
    listener.eager_reconnect(false);
    raw_sql(AssertSqlSafe(settings)).execute(&mut listener).await?;
    listener.listen(CHANGES_CHANNEL).await?;
    Ok(listener)
}

/// Notifies the other nodes of changes.
async fn announce(connection: &mut PgListener, users: Vec<Uuid>) -> Result<(), SqlxError> {
    let notify = query("SELECT pg_notify($1, id::text) FROM unnest($2::uuid[]) AS id");
    notify.bind(CHANGES_CHANNEL).bind(users).execute(connection).await?;
    Ok(())
}

async fn in_time<T>(step: impl Future<Output = Result<T, SqlxError>>) -> Result<T, SqlxError> {
    timeout(SILENCE, step).await.unwrap_or(Err(SqlxError::PoolTimedOut))
}
