//! The queue for hashing passwords. Hashing is the most expensive work of the service, so
//! whoever guesses passwords must not keep others from logging in.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The urgency of a hash. Hashes of a lane are computed before those of the next lane, but for one
/// turn in eight that each of the other lanes has first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// For a client from which the account was opened before.
    KnownClient,
    /// For a client that nothing is known of.
    LogIn,
    /// For everything that is not a login.
    Other,
}

impl Lane {
    /// The name of the lane in the metrics.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::KnownClient => "known_client",
            Self::LogIn => "log_in",
            Self::Other => "other",
        }
    }
}

const LANES: usize = 3;

/// The place of a hash in the queue.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// The urgency of the hash.
    pub(super) lane: Lane,
    /// The network of the client for which the hash is computed. Those of one lane take turns.
    source: u64,
}

impl Turn {
    /// A place in a lane for a network.
    #[must_use]
    pub fn new(lane: Lane, source: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        source.hash(&mut hasher);
        Self { lane, source: hasher.finish() }
    }
}

/// A queue in front of a number of cores.
#[derive(Debug)]
pub(super) struct HashingQueue(Mutex<State>);

#[derive(Debug)]
struct State {
    free: usize,
    /// How many times the next in the queue was chosen.
    turns: u32,
    lanes: [WaitingSources; LANES],
}

/// The sources that wait in one lane, the one whose turn is next first.
type WaitingSources = VecDeque<(u64, VecDeque<oneshot::Sender<Core>>)>;

/// A core that may hash. Dropping it passes it on to the next in the queue.
#[derive(Debug)]
pub(super) struct Core(Arc<HashingQueue>);

impl HashingQueue {
    /// A queue in front of this number of cores.
    pub(super) fn new(cores: usize) -> Self {
        Self(Mutex::new(State { free: cores, turns: 0, lanes: Default::default() }))
    }

    /// Waits for a core. Dropping the future leaves the queue.
    pub(super) async fn wait(self: &Arc<Self>, turn: Turn) -> Option<Core> {
        let waiting = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                return Some(Core(Arc::clone(self)));
            }
            state.join(turn)
        };
        waiting.await.ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn join(&mut self, Turn { lane, source }: Turn) -> oneshot::Receiver<Core> {
        let (sender, receiver) = oneshot::channel();
        let [known, log_in, other] = &mut self.lanes;
        let lane = match lane {
            Lane::KnownClient => known,
            Lane::LogIn => log_in,
            Lane::Other => other,
        };
        match lane.iter_mut().find(|(waiting, _)| *waiting == source) {
            Some((_, waiters)) => waiters.push_back(sender),
            None => lane.push_back((source, [sender].into())),
        }
        receiver
    }

    /// The next in the queue who still waits.
    fn next(&mut self) -> Option<oneshot::Sender<Core>> {
        self.turns = self.turns.wrapping_add(1);
        // One turn of eight begins with each of the other lanes, so that nobody fills one lane and
        // keeps the others from ever having a turn.
        let first = match self.turns % 8 {
            0 => 2,
            4 => 1,
            _ => 0,
        };
        let (before, from) = self.lanes.split_at_mut(first);
        for lane in from.iter_mut().chain(before) {
            while let Some((source, mut waiters)) = lane.pop_front() {
                let next = waiters.pop_front();
                if !waiters.is_empty() {
                    lane.push_back((source, waiters));
                }
                if let Some(next) = next.filter(|next| !next.is_closed()) {
                    return Some(next);
                }
            }
        }
        None
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let next = {
            let mut state = self.0.state();
            let next = state.next();
            state.free += usize::from(next.is_none());
            next
        };
        if let Some(next) = next {
            // If it has just stopped waiting, the core comes back here, and is passed on again.
            let _ = next.send(Self(Arc::clone(&self.0)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(lane: Lane, source: u64) -> Turn {
        Turn::new(lane, source)
    }

    /// Lets these wait in this order while the only core is taken. Returns the order in which
    /// they got it.
    async fn order(turns: &[Turn]) -> Vec<usize> {
        let queue = Arc::new(HashingQueue::new(1));
        let taken = queue.wait(turn(Lane::Other, 0)).await.unwrap();
        let waiting: Vec<_> = turns.iter().map(|turn| queue.state().join(*turn)).collect();
        let (done, mut finished) = tokio::sync::mpsc::unbounded_channel();
        for (index, waiting) in waiting.into_iter().enumerate() {
            let done = done.clone();
            tokio::spawn(async move {
                let core = waiting.await.unwrap();
                done.send(index).unwrap();
                drop(core);
            });
        }
        drop((taken, done));
        let mut order = Vec::new();
        while let Some(index) = finished.recv().await {
            order.push(index);
        }
        order
    }

    #[tokio::test]
    async fn known_clients_come_first_and_sign_ups_last() {
        let turns = [turn(Lane::Other, 1), turn(Lane::LogIn, 2), turn(Lane::KnownClient, 3)];
        assert_eq!(order(&turns).await, [2, 1, 0]);
    }

    #[tokio::test]
    async fn no_lane_waits_for_ever() {
        let mut turns = vec![turn(Lane::KnownClient, 1); 10];
        turns.extend([turn(Lane::LogIn, 2), turn(Lane::Other, 3)]);
        assert_eq!(order(&turns).await, [0, 1, 2, 10, 3, 4, 5, 11, 6, 7, 8, 9]);
    }

    #[tokio::test]
    async fn clients_of_one_lane_take_turns() {
        let turns = [1, 1, 1, 2, 2, 3].map(|source| turn(Lane::LogIn, source));
        assert_eq!(order(&turns).await, [0, 3, 5, 1, 4, 2]);
    }

    #[tokio::test]
    async fn who_stops_waiting_is_skipped_and_takes_no_core_along() {
        let queue = Arc::new(HashingQueue::new(1));
        let taken = queue.wait(turn(Lane::LogIn, 1)).await.unwrap();
        let gone = queue.state().join(turn(Lane::LogIn, 2));
        let mut late = queue.state().join(turn(Lane::LogIn, 3));
        drop(gone);
        let stays = queue.state().join(turn(Lane::LogIn, 4));
        drop(taken);
        // The core was sent to one who never takes it.
        assert!(late.try_recv().is_ok());
        assert!(stays.await.is_ok());
        assert_eq!(queue.state().free, 1);
    }
}
