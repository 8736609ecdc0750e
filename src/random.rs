//! The source of randomness. It is passed in, so that a test can repeat it.

use std::cell::RefCell;

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};

/// A source of cryptographically secure random bytes.
pub trait Random: Send + Sync + 'static {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Random {
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A UUIDv7 (RFC 9562, 5.7) with the time `at` and 74 random bits. UUIDv7s sort by time.
    pub fn uuid(&self, at: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}

/// The random generator of the operating system.
///
/// The bits of ids come from a buffer that each thread keeps. Every request needs an id, and asking
/// the system each time took 2 % of the time of the shortest request. Bytes that were used are
/// erased from the buffer. Secrets never come from the buffer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

/// The size of a buffer in bytes.
const STOCK: usize = 1024;
/// The maximum number of bytes that are taken from the buffer at once: those of an id. Salts
/// and tokens are longer.
const SMALL: usize = 10;

thread_local! {
    static STOCKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() > SMALL {
            return ask(bytes);
        }
        STOCKED.with_borrow_mut(|stock| {
            if stock.len() < bytes.len() {
                stock.resize(STOCK, 0);
                ask(stock);
            }
            let rest = stock.len() - bytes.len();
            for (byte, stocked) in bytes.iter_mut().zip(stock.iter_mut().skip(rest)) {
                *byte = std::mem::take(stocked);
            }
            stock.truncate(rest);
        });
    }
}

#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "the one place that asks the system; without randomness no secret is safe, so stop"
)]
fn ask(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system has a random generator");
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_id_comes_twice() {
        let random: &dyn Random = &SystemRandom;
        let ids: HashSet<Uuid> = (0..1000).map(|_| random.uuid(DateTime::UNIX_EPOCH)).collect();
        assert_eq!(ids.len(), 1000);
    }
}
