//! The settings of an application under test.

use std::time::Duration;

use current_user::api::AllowedOrigin;
use current_user::store::Observer;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The settings of an application under test.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// The origins whose pages may call the application.
    pub(crate) cors_origins: Vec<AllowedOrigin>,
    /// The time in which the body of a request has to arrive.
    pub(crate) body_timeout: Duration,
    /// The number of passwords that are hashed at the same time.
    pub(crate) hashers: usize,
    /// The maximum time that a request waits until its password is hashed.
    pub(crate) hashing_patience: Duration,
    /// The maximum time that a request waits for a database connection.
    pub(crate) patience: Duration,
    /// The memory of the cache of `GET /me`.
    pub(crate) cache_bytes: u64,
    /// Sees every statement that the application executes.
    pub(crate) observer: Option<Observer>,
    /// The time that sending one message may take.
    pub(crate) send_timeout: Duration,
    /// Whether the application keeps messages, and shows them to everybody.
    pub(crate) demo: bool,
    /// The time between a deletion and the erasure.
    pub(crate) deletion_grace: Duration,
}

impl Default for Setup {
    fn default() -> Self {
        let patience = Duration::from_secs(30);
        // Every test passes with and without the cache.
        let without_cache = std::env::var_os("CURRENT_USER_TEST_WITHOUT_CACHE").is_some();
        Self {
            cors_origins: Vec::new(),
            body_timeout: Duration::from_secs(10),
            hashers: 2,
            hashing_patience: patience,
            patience,
            cache_bytes: if without_cache { 0 } else { 1024 * 1024 },
            observer: None,
            send_timeout: Duration::from_secs(10),
            demo: false,
            deletion_grace: 30 * DAY,
        }
    }
}
