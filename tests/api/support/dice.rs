//! Chance that can be repeated.

use std::hash::{BuildHasher as _, RandomState};

/// Where the seed is named, to repeat a test.
const SEED: &str = "CURRENT_USER_TEST_SEED";

/// SplitMix64. Tells its seed when the test fails.
#[derive(Debug)]
pub(crate) struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    /// Other ones in every run, but for a seed in the environment.
    pub(crate) fn new() -> Self {
        let seed = std::env::var(SEED).map(|seed| seed.parse().expect("a seed is a number"));
        Self::seeded(seed.unwrap_or_else(|_| RandomState::new().hash_one(SEED)))
    }

    fn seeded(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// Dice of their own for somebody else.
    pub(crate) fn split(&mut self) -> Self {
        Self { state: self.next(), seed: self.seed }
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        usize::try_from(self.next()).unwrap() % sides
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Drop for Dice {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the dice were those of {SEED}={}", self.seed);
        }
    }
}
