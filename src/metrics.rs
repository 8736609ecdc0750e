//! What is counted, for whoever keeps the service running.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

/// All counters. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// Requests that were answered from memory.
    pub cache_hits: Counter,
    /// Requests that could have been, but nothing was kept, or it stood no more.
    pub cache_misses: Counter,
    /// Requests that could have been, while changes by others may be missing.
    pub cache_bypasses: Counter,
    /// Changes that were committed. Counted on SQLite, as are commits.
    pub writes: Counter,
    /// Commits that made them durable.
    pub commits: Counter,
}

impl Metrics {
    /// In the text format of Prometheus (OpenMetrics 1.0).
    ///
    /// # Errors
    /// Never: it is written to memory.
    pub fn render(&self) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("current_user");
        let Self { cache_hits, cache_misses, cache_bypasses, writes, commits } = self.clone();
        registry.register("cache_hits", "GET /me answered from memory", cache_hits);
        registry.register("cache_misses", "GET /me read from the database, and kept", cache_misses);
        let help = "GET /me read from the database while changes by others may be missing";
        registry.register("cache_bypasses", help, cache_bypasses);
        registry.register("writes", "Changes that were committed (SQLite)", writes);
        registry.register("commits", "Commits, each of one change or more (SQLite)", commits);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}
