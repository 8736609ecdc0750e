//! Runs the task that writes, on a thread of its own.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{Thread, current, park, yield_now};
use std::time::{Duration, Instant};

/// How long the thread waits without going to sleep. SQLite's thread usually answers sooner,
/// and going to sleep and waking up would take longer than the answer.
const AWAKE: Duration = Duration::from_micros(50);

/// Runs a future on this thread. While the thread waits, it yields to other threads; after
/// `AWAKE` it sleeps.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let bell = Arc::new(Bell { rung: AtomicBool::new(false), thread: current() });
    let waker = Waker::from(Arc::clone(&bell));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        let since = Instant::now();
        while !bell.rung.swap(false, Ordering::Acquire) {
            if since.elapsed() < AWAKE { yield_now() } else { park() }
        }
    }
}

struct Bell {
    rung: AtomicBool,
    thread: Thread,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_wakes_up_from_short_and_from_long_sleep() {
        for wait in [Duration::ZERO, 4 * AWAKE] {
            let (sender, receiver) = tokio::sync::oneshot::channel();
            let rings = std::thread::spawn(move || {
                let since = Instant::now();
                while since.elapsed() < wait {
                    yield_now();
                }
                sender.send(5)
            });
            assert_eq!(block_on(receiver), Ok(5));
            rings.join().unwrap().unwrap();
        }
    }
}
