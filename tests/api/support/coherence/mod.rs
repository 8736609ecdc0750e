//! A user who uses several sessions and nodes at the same time, and checks that no reply
//! is older than what an earlier reply said.

mod actions;
mod checks;
mod knowledge;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use current_user::clock::FixedClock;
use reqwest::Method;
use tokio::sync::{Mutex as AsyncMutex, RwLock};

use self::knowledge::{Knowledge, Shown};
use super::client::Client;
use super::seeded_random::SeededRandom;

/// A user whose `bio` is the number of the patch that set it.
pub(crate) struct ConcurrentUser {
    email: String,
    /// A client of each node, without a token.
    nodes: Vec<Client>,
    /// The clock of the nodes, unless they are separate processes.
    clock: Option<Arc<FixedClock>>,
    /// Locked for reading while an action is running.
    running: RwLock<()>,
    /// The number of the last patch. Patches are sent one after the other.
    patches: AsyncMutex<u64>,
    knowledge: Mutex<Knowledge>,
}

/// A profile that was read before, and its entity tag.
type Remembered = Option<(String, Shown)>;

impl ConcurrentUser {
    /// Signs up and logs in. A write through one of the `nodes` shows on the others after
    /// the `lease`.
    pub(crate) async fn new(
        email: String,
        nodes: Vec<Client>,
        lease: Duration,
        clock: Option<Arc<FixedClock>>,
    ) -> Self {
        nodes[0].sign_up(&email).await;
        let (running, patches) = (RwLock::new(()), AsyncMutex::new(0));
        let knowledge = Mutex::new(Knowledge::new(lease));
        let user = Self { email, nodes, clock, running, patches, knowledge };
        user.log_in(0, 0).await;
        user
    }

    fn know(&self) -> MutexGuard<'_, Knowledge> {
        self.knowledge.lock().unwrap()
    }

    fn client(&self, node: usize, session: usize) -> Client {
        self.nodes[node].with_token(&self.know().token(session))
    }

    /// Performs `count` random actions, one after the other.
    pub(crate) async fn act(&self, mut random: SeededRandom, count: usize) {
        let mut remembered = None;
        for _ in 0..count {
            let node = random.below(self.nodes.len());
            let chance = random.below(1000);
            if chance < 5 {
                self.settle().await;
                continue;
            }
            let _running = self.running.read().await;
            let (living, session) = self.know().pick(&mut random);
            match chance {
                _ if living < 2 => self.log_in(node, session).await,
                5..15 if living < 8 => self.log_in(node, session).await,
                15..20 => self.log_out(node, session).await,
                20..30 => self.end(node, session, random.below(100)).await,
                30..33 => self.end_others(node, session, Method::DELETE, "/me/sessions").await,
                33..34 => self.end_others(node, session, Method::PUT, "/me/password").await,
                40..70 => self.list(node, session).await,
                70..200 => self.patch(node, session).await,
                _ => self.read(node, session, random.below(2) == 0, &mut remembered).await,
            }
        }
    }

    /// Waits until no action is running, and compares everything that is shown with
    /// everything that is known.
    pub(crate) async fn settle(&self) {
        let _no_action = self.running.write().await;
        if let Some(clock) = &self.clock {
            // The next use of each session is written again.
            clock.advance(Duration::from_secs(301));
        }
        // A list is always read from the database.
        let uncertain = self.know().uncertain();
        for session in uncertain {
            let reply = self.client(0, session).get("/me/sessions").await;
            self.know().learn(session, reply.status == 200);
        }
        let since = Instant::now();
        for node in 0..self.nodes.len() {
            loop {
                let asked = since.elapsed();
                let shown = self.everything_shown(node).await;
                let compared = self.know().compare(&shown);
                let Err(why) = compared else { break };
                assert!(asked < self.know().lease, "{why} on node {node} after {asked:?}");
            }
        }
    }

    /// What every recent session shows. `None` if it has ended.
    async fn everything_shown(&self, node: usize) -> Vec<(usize, Option<Shown>)> {
        let mut shown = Vec::new();
        let recent = self.know().recent();
        for session in recent {
            let reply = self.client(node, session).get("/me").await;
            let is_alive = reply.status == 200;
            shown.push((session, is_alive.then(|| Shown::by(&reply))));
        }
        shown
    }
}
