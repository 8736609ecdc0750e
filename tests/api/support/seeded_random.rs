//! A random number generator whose run can be repeated.

use std::hash::{BuildHasher as _, RandomState};

/// The environment variable with the seed of the run to repeat.
const SEED: &str = "CURRENT_USER_TEST_SEED";

/// SplitMix64. It prints its seed when the test fails.
#[derive(Debug)]
pub(crate) struct SeededRandom {
    seed: u64,
    state: u64,
}

impl SeededRandom {
    /// A generator with the seed from the environment, or with a new seed.
    pub(crate) fn new() -> Self {
        let seed = std::env::var(SEED).map(|seed| seed.parse().expect("the seed is not a number"));
        Self::seeded(seed.unwrap_or_else(|_| RandomState::new().hash_one(SEED)))
    }

    fn seeded(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// Another generator, whose numbers follow from the same seed.
    pub(crate) fn split(&mut self) -> Self {
        Self { state: self.next(), seed: self.seed }
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next()).unwrap() % bound
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Drop for SeededRandom {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("to repeat the run, set {SEED}={}", self.seed);
        }
    }
}
