//! After a write is acknowledged, no later reply shows an older state, even if many
//! clients read and write at the same time.

use std::sync::Arc;
use std::time::Duration;

use current_user::clock::FixedClock;
use futures_util::future::join_all;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::support::{
    Client, ConcurrentUser, Nodes, SeededRandom, Setup, TestApp, TestDatabase, apply,
    every_database,
};

/// The number of users, of tasks that act as the same user at the same time, and of
/// actions of each task.
const USERS: usize = 4;
const TASKS: usize = 4;
const ACTIONS: usize = 200;

/// Each of these tests keeps all cores busy. If two of them ran at the same time on a
/// small machine, requests would time out.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

async fn act_concurrently(nodes: &[Client], lease: Duration, clock: Option<&Arc<FixedClock>>) {
    let _turn = ONE_AT_A_TIME.lock().await;
    let users = (0..USERS).map(|number| {
        ConcurrentUser::new(format!("{number}@example.com"), nodes.to_vec(), lease, clock.cloned())
    });
    let users: Vec<_> = join_all(users).await.into_iter().map(Arc::new).collect();
    let mut random = SeededRandom::new();
    let mut tasks = JoinSet::new();
    for user in users.iter().flat_map(|user| vec![user; TASKS]) {
        let (user, random) = (Arc::clone(user), random.split());
        tasks.spawn(async move { user.act(random, ACTIONS).await });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    for user in users {
        user.settle().await;
    }
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_one_node_every_read_shows_every_acknowledged_write(database: TestDatabase) {
    let setup = Setup { cache_bytes: 1024 * 1024, ..Setup::default() };
    let app = TestApp::start(database, setup).await;
    let nodes = [app.anonymous.clone()];
    app.database.slow_commits().await;
    act_concurrently(&nodes, Duration::ZERO, Some(&app.clock)).await;
    let (hits, misses) = (app.metrics.cache_hits.get(), app.metrics.cache_misses.get());
    assert!(hits > 100 && misses > 100, "{hits} hits, {misses} misses");
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_two_nodes_reads_at_the_other_one_are_late_by_a_lease_at_most(nodes: Nodes) {
    let both = [nodes.a.clone(), nodes.b.clone()];
    act_concurrently(&both, nodes.lease(), None).await;
}
