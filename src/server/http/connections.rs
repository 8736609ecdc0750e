//! The open connections, and their limits.
//!
//! When almost all are taken, each new connection ends the one whose client has done nothing for
//! the longest time. So a client that opens many connections and does not use them keeps nobody
//! else out.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::activity::{Activity, Deadlines};
use super::settings::Settings;
use crate::value::Network;

/// One in this many connections is chosen when all are compared. Comparing them for each new
/// connection would cost more than most requests.
const CHOSEN: usize = 64;
/// The minimum time until all are compared again if none was unused.
const PAUSE: Duration = Duration::from_millis(100);
/// One in this many places is kept free, as long as there are connections that are not used.
const FREE: usize = 16;
/// How long a new connection waits until one that was closed to make room has ended.
const PATIENCE: Duration = Duration::from_secs(1);
/// The minimum time between two lines in the log about connections that were refused.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// The open connections.
pub(super) struct Connections {
    settings: Settings,
    open: Mutex<Open>,
    /// A connection that was closed to make room has ended.
    ended: Notify,
}

#[derive(Default)]
struct Open {
    /// The connections by their number.
    connections: HashMap<u64, Task>,
    /// The number of connections of each client.
    clients: HashMap<Network, usize>,
    /// The number of connections that were closed to make room, and have not ended yet.
    leaving: usize,
    /// The number of the next connection.
    next: u64,
    /// The next connections to close, with the time since which they were not used.
    unused: VecDeque<(Instant, u64)>,
    /// The time at which none was unused.
    none_unused: Option<Instant>,
    /// The last time at which the log was told of a refusal.
    logged: Option<Instant>,
}

/// The task that serves a connection.
struct Task {
    activity: Arc<Activity>,
    /// `None` before the task is spawned.
    abort: Option<AbortHandle>,
    /// Whether the task was aborted to make room.
    is_leaving: bool,
}

/// The number and the activity of a connection that was added, or the reason why it was not.
type Admission = Result<(u64, Arc<Activity>), Full>;

/// Why a connection was not added.
enum Full {
    /// The client has the maximum number of connections.
    OfClient,
    /// The maximum number of connections is open. Some of them may be about to end.
    OfAll { may_change: bool },
}

/// The place of a connection among the open ones. It is free again when this is dropped.
pub(super) struct Place {
    connections: Arc<Connections>,
    number: u64,
    /// `None` for a proxy.
    client: Option<Network>,
    activity: Arc<Activity>,
}

impl Connections {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, open: Mutex::default(), ended: Notify::new() }
    }

    pub(super) fn deadlines(&self) -> Deadlines {
        Deadlines::from(&self.settings)
    }

    /// A place for a connection of this peer, or `None` if the connection is refused. This waits
    /// while another one ends to make room.
    pub(super) async fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let client = (!self.settings.proxies.includes(peer)).then(|| Network::of(peer));
        loop {
            let (admitted, unused) = self.lock().admit(&self.settings, client);
            if let Some(task) = unused {
                task.abort();
            }
            match admitted {
                Ok((number, activity)) => {
                    self.settings.metrics.connections.open.inc();
                    return Some(Place { connections: Arc::clone(self), number, client, activity });
                }
                // A task ends as soon as a thread is free to end it.
                Err(Full::OfAll { may_change: true })
                    if timeout(PATIENCE, self.ended.notified()).await.is_ok() => {}
                Err(Full::OfAll { .. }) => {
                    self.refuse("the maximum number of connections is open");
                    return None;
                }
                Err(Full::OfClient) => {
                    self.refuse("a client has the maximum number of connections");
                    return None;
                }
            }
        }
    }

    /// Names the task that serves a connection, unless it has ended already.
    pub(super) fn attach(&self, number: u64, abort: AbortHandle) {
        if let Some(task) = self.lock().connections.get_mut(&number) {
            task.abort = Some(abort);
        }
    }

    fn refuse(&self, reason: &str) {
        self.settings.metrics.connections.refused.inc();
        let now = Instant::now();
        let mut open = self.lock();
        if open.logged.is_none_or(|logged| now - logged >= LOG_INTERVAL) {
            open.logged = Some(now);
            drop(open);
            tracing::warn!(reason, "connections are refused");
        }
    }

    fn release(&self, place: &Place) {
        self.settings.metrics.connections.open.dec();
        let mut open = self.lock();
        if open.connections.remove(&place.number).is_some_and(|task| task.is_leaving) {
            open.leaving -= 1;
            self.ended.notify_one();
        }
        let Some(client) = place.client else { return };
        if let Some(count) = open.clients.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                open.clients.remove(&client);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        // Nothing panics while it is locked.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Adds a connection, or says why it is refused. Also returns a task that is to be aborted,
    /// which makes room.
    fn admit(
        &mut self,
        settings: &Settings,
        client: Option<Network>,
    ) -> (Admission, Option<AbortHandle>) {
        let of_client = client.and_then(|client| self.clients.get(&client)).copied();
        if of_client.unwrap_or(0) >= settings.connections_per_client.get() {
            return (Err(Full::OfClient), None);
        }
        let most = settings.connections.get();
        let is_almost_full = self.connections.len() - self.leaving >= most - most / FREE;
        let unused = is_almost_full.then(|| self.find_unused()).flatten();
        if self.connections.len() >= most {
            return (Err(Full::OfAll { may_change: self.leaving > 0 }), unused);
        }
        if let Some(client) = client {
            *self.clients.entry(client).or_default() += 1;
        }
        let (number, activity) = (self.next, Arc::new(Activity::new()));
        self.next += 1;
        self.connections.insert(
            number,
            Task { activity: Arc::clone(&activity), abort: None, is_leaving: false },
        );
        (Ok((number, activity)), unused)
    }

    /// The connection that has not been used for the longest time.
    fn find_unused(&mut self) -> Option<AbortHandle> {
        if self.unused.is_empty() {
            self.compare();
        }
        while let Some((since, number)) = self.unused.pop_front() {
            let Some(task) = self.connections.get_mut(&number) else { continue };
            // It may have been used after it was chosen.
            if task.activity.quiet_since() == Some(since) && !task.is_leaving {
                task.activity.abandon();
                task.is_leaving = true;
                self.leaving += 1;
                return task.abort.clone();
            }
        }
        None
    }

    /// Chooses the connections that have not been used for the longest time.
    fn compare(&mut self) {
        let now = Instant::now();
        if self.none_unused.is_some_and(|at| now - at < PAUSE) {
            return;
        }
        let spawned = self.connections.iter();
        let spawned = spawned.filter(|(_, task)| task.abort.is_some() && !task.is_leaving);
        let mut unused: Vec<(Instant, u64)> = spawned
            .filter_map(|(number, task)| Some((task.activity.quiet_since()?, *number)))
            .collect();
        unused.sort_unstable();
        unused.truncate(self.connections.len().div_ceil(CHOSEN));
        self.none_unused = unused.is_empty().then_some(now);
        self.unused = unused.into();
    }
}

impl Place {
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    pub(super) fn is_of_proxy(&self) -> bool {
        self.client.is_none()
    }

    /// Counts that the connection is closed because a deadline has passed.
    pub(super) fn count_timeout(&self) {
        self.connections.settings.metrics.connections.timed_out.inc();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.release(self);
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::*;
    use crate::server::http::ClientFilter;

    fn connections(most: usize, per_client: usize) -> Arc<Connections> {
        Arc::new(Connections::new(Settings {
            connections: NonZero::new(most).unwrap(),
            connections_per_client: NonZero::new(per_client).unwrap(),
            proxies: ClientFilter::new(|address| address.is_loopback()),
            ..Settings::default()
        }))
    }

    /// A connection that is served by a task which does nothing.
    async fn open(connections: &Arc<Connections>, peer: &str) -> Option<Arc<Activity>> {
        let place = connections.admit(peer.parse().unwrap()).await?;
        let (number, activity) = (place.number(), Arc::clone(place.activity()));
        let task = async move {
            let _place = place;
            std::future::pending::<()>().await;
        };
        connections.attach(number, tokio::spawn(task).abort_handle());
        Some(activity)
    }

    async fn open_many(connections: &Arc<Connections>, count: usize) -> Vec<Arc<Activity>> {
        let mut activities = Vec::new();
        for _ in 0..count {
            activities.push(open(connections, "127.0.0.1").await.unwrap());
        }
        activities
    }

    #[tokio::test]
    async fn a_client_has_a_limit_and_a_proxy_has_none() {
        let connections = connections(100, 2);
        for _ in 0..10 {
            assert!(open(&connections, "::1").await.is_some());
        }
        assert!(open(&connections, "192.0.2.1").await.is_some());
        let place = connections.admit("192.0.2.1".parse().unwrap()).await.unwrap();
        assert!(open(&connections, "192.0.2.1").await.is_none());
        assert!(open(&connections, "192.0.2.2").await.is_some());
        drop(place);
        assert!(open(&connections, "192.0.2.1").await.is_some());
        assert!(open(&connections, "192.0.2.1").await.is_none());
    }

    #[tokio::test]
    async fn the_connection_that_was_not_used_for_the_longest_time_makes_room() {
        let connections = connections(16, 16);
        let activities = open_many(&connections, 15).await;
        // The first is busy, and the second was used after the others.
        let busy = activities[0].begin(false);
        drop(activities[1].begin(false));
        open(&connections, "127.0.0.1").await.unwrap();
        let left: Vec<bool> = activities.iter().map(|activity| activity.is_abandoned()).collect();
        assert_eq!(left.iter().filter(|left| **left).count(), 1);
        assert!(left[2], "{left:?}");
        drop(busy);
    }

    #[tokio::test]
    async fn a_flood_of_unused_connections_keeps_no_new_one_out() {
        let connections = connections(16, 16);
        // No task ends before this one waits for it.
        let activities = open_many(&connections, 100).await;
        assert_eq!(connections.settings.metrics.connections.refused.get(), 0);
        assert!(!activities[99].is_abandoned());
    }

    #[tokio::test]
    async fn busy_connections_make_no_room() {
        let connections = connections(4, 4);
        let activities = open_many(&connections, 4).await;
        let _busy: Vec<_> = activities.iter().map(|activity| activity.begin(false)).collect();
        assert!(open(&connections, "127.0.0.1").await.is_none());
        assert_eq!(connections.settings.metrics.connections.refused.get(), 1);
        assert_eq!(connections.settings.metrics.connections.open.get(), 4);
    }
}
