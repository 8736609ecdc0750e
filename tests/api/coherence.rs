//! Whoever was told of a write is never shown anything older, however many do
//! whatever at once.

use std::sync::Arc;
use std::time::Duration;

use current_user::clock::FixedClock;
use futures_util::future::join_all;
use tokio::task::JoinSet;

use crate::support::{Client, Dice, Person, Setup, two_nodes, with_setup};

/// Accounts, everybody who uses one of them at once, and what each of them does.
const PEOPLE: usize = 4;
const ACTORS: usize = 4;
const ACTIONS: usize = 200;

async fn everybody_acts(nodes: &[Client], lease: Duration, clock: Option<&Arc<FixedClock>>) {
    let people = (0..PEOPLE).map(|number| {
        Person::new(format!("{number}@example.com"), nodes.to_vec(), lease, clock.cloned())
    });
    let people: Vec<_> = join_all(people).await.into_iter().map(Arc::new).collect();
    let mut dice = Dice::new();
    let mut actors = JoinSet::new();
    for person in people.iter().flat_map(|person| vec![person; ACTORS]) {
        let (person, dice) = (Arc::clone(person), dice.split());
        actors.spawn(async move { person.act(dice, ACTIONS).await });
    }
    while let Some(ended) = actors.join_next().await {
        ended.unwrap();
    }
    for person in people {
        person.settle().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_one_node_every_read_shows_every_acknowledged_write() {
    let setup = Setup { cache_bytes: 1024 * 1024, ..Setup::default() };
    for app in with_setup(setup).await {
        let nodes = [app.anonymous.clone()];
        app.database.slow_commits().await;
        everybody_acts(&nodes, Duration::ZERO, Some(&app.clock)).await;
        let (hits, misses) = (app.metrics.cache_hits.get(), app.metrics.cache_misses.get());
        assert!(hits > 100 && misses > 100, "{hits} hits, {misses} misses");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_two_nodes_reads_at_the_other_one_are_late_by_a_lease_at_most() {
    for nodes in two_nodes().await {
        let both = [nodes.a.clone(), nodes.b.clone()];
        everybody_acts(&both, nodes.lease(), None).await;
    }
}
