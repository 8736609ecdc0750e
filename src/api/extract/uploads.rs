//! The uploads in memory. Neither a slow client nor one user can keep others from uploading.
//!
//! A user has one upload at a time. All of them may have a limited number of bytes in memory. When
//! these are used up, the upload that has been arriving for the longest time is given up.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turns, Notify, OwnedMutexGuard};
use tokio::time::timeout;
use uuid::Uuid;

/// The maximum number of bytes of all uploads in memory.
const MOST: usize = 40 * 1024 * 1024;

/// The uploads in memory.
#[derive(Debug, Default)]
pub(super) struct Uploads(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The bytes that all uploads have in memory.
    bytes: usize,
    /// The number of the next upload.
    next: u64,
    /// The uploads that have not arrived yet, in the order in which they began.
    arriving: BTreeMap<u64, Arriving>,
    /// The users who have an upload, and whose turn it is.
    users: HashMap<Uuid, Arc<Turns<()>>>,
}

#[derive(Debug)]
struct Arriving {
    bytes: usize,
    given_up: Arc<Notify>,
}

/// An upload of a user. It is over when this is dropped.
#[derive(Debug)]
pub(super) struct Upload {
    uploads: Arc<Uploads>,
    user: Uuid,
    turn: Option<OwnedMutexGuard<()>>,
    number: u64,
    given_up: Arc<Notify>,
    /// The bytes in memory, once all have arrived.
    arrived: usize,
}

impl Uploads {
    /// Begins an upload when the user has no other one. `None` if that takes too long.
    pub(super) async fn begin(self: &Arc<Self>, user: Uuid, patience: Duration) -> Option<Upload> {
        let given_up = Arc::new(Notify::new());
        let (number, turns) = {
            let mut state = self.lock();
            let number = state.next;
            state.next += 1;
            (number, Arc::clone(state.users.entry(user).or_default()))
        };
        // It exists before its turn, so that the user is forgotten if the turn never comes.
        let mut upload =
            Upload { uploads: Arc::clone(self), user, turn: None, number, given_up, arrived: 0 };
        upload.turn = Some(timeout(patience, turns.lock_owned()).await.ok()?);
        let arriving = Arriving { bytes: 0, given_up: Arc::clone(&upload.given_up) };
        self.lock().arriving.insert(number, arriving);
        Some(upload)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is locked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Upload {
    /// Notes how many bytes are in memory. This may give up another upload, or this one.
    pub(super) fn grow(&self, bytes: usize) {
        let mut state = self.uploads.lock();
        let Some(arriving) = state.arriving.get_mut(&self.number) else { return };
        let added = bytes.saturating_sub(arriving.bytes);
        arriving.bytes += added;
        state.bytes += added;
        while state.bytes > MOST {
            let Some((_, oldest)) = state.arriving.pop_first() else { return };
            state.bytes -= oldest.bytes;
            oldest.given_up.notify_one();
        }
    }

    /// Resolves when this upload is given up.
    pub(super) async fn given_up(&self) {
        self.given_up.notified().await;
    }

    /// Notes that all bytes have arrived. The upload is not given up any more.
    pub(super) fn arrive(&mut self) {
        if let Some(arriving) = self.uploads.lock().arriving.remove(&self.number) {
            self.arrived = arriving.bytes;
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut state = self.uploads.lock();
        let arriving = state.arriving.remove(&self.number);
        state.bytes -= self.arrived + arriving.map_or(0, |arriving| arriving.bytes);
        self.turn = None;
        // Only the map has the turns: nobody waits for one. Others take them only while the state
        // is locked.
        if state.users.get(&self.user).is_some_and(|turns| Arc::strong_count(turns) == 1) {
            state.users.remove(&self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);
    const USERS: [Uuid; 3] = [Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3)];

    async fn begin(uploads: &Arc<Uploads>, user: usize) -> Upload {
        uploads.begin(USERS[user], PATIENCE).await.unwrap()
    }

    #[tokio::test]
    async fn a_user_has_one_upload_at_a_time() {
        let uploads = Arc::new(Uploads::default());
        let first = begin(&uploads, 0).await;
        assert!(uploads.begin(USERS[0], Duration::ZERO).await.is_none());
        let other = begin(&uploads, 1).await;
        let (second, ()) = tokio::join!(begin(&uploads, 0), async { drop(first) });
        drop((second, other));
        assert!(uploads.lock().users.is_empty());
        assert_eq!(uploads.lock().bytes, 0);
    }

    #[tokio::test]
    async fn the_oldest_upload_that_has_not_arrived_is_given_up_first() {
        let uploads = Arc::new(Uploads::default());
        let mut arrived = begin(&uploads, 0).await;
        let slow = begin(&uploads, 1).await;
        let quick = begin(&uploads, 2).await;
        arrived.grow(MOST / 2);
        arrived.arrive();
        slow.grow(MOST / 4);
        quick.grow(MOST / 4);
        assert!(slow.given_up().now_or_never().is_none());
        quick.grow(MOST / 4 + 1);
        assert!(slow.given_up().now_or_never().is_some());
        assert!(quick.given_up().now_or_never().is_none());
        // Its own bytes are the last that can be given up.
        quick.grow(MOST / 2 + 1);
        assert!(quick.given_up().now_or_never().is_some());
        assert!(arrived.given_up().now_or_never().is_none());
        drop((arrived, slow, quick));
        assert_eq!(uploads.lock().bytes, 0);
    }
}
