//! The counters of the service, for its operator.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

/// All counters. Clones share the same counters.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// `GET /me` requests whose reply came from the cache.
    pub cache_hits: Counter,
    /// `GET /me` requests that read the database because the cache had no fresh entry.
    pub cache_misses: Counter,
    /// `GET /me` requests that read the database because changes by other nodes or programs may
    /// not be noted yet.
    pub cache_bypasses: Counter,
    /// Units of work that were committed. Counted on SQLite only.
    pub writes: Counter,
    /// Commits that made these units of work durable. Counted on SQLite only.
    pub commits: Counter,
}

impl Metrics {
    /// The counters in the text format of Prometheus (OpenMetrics 1.0).
    ///
    /// # Errors
    /// Never, because the text is written to memory.
    pub fn render(&self) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("current_user");
        let Self { cache_hits, cache_misses, cache_bypasses, writes, commits } = self.clone();
        registry.register("cache_hits", "GET /me replies from the cache", cache_hits);
        registry.register("cache_misses", "GET /me replies from the database", cache_misses);
        let help = "GET /me replies from the database while other nodes' changes may be unknown";
        registry.register("cache_bypasses", help, cache_bypasses);
        registry.register("writes", "Units of work that were committed (SQLite)", writes);
        registry.register("commits", "Commits of one or more units of work (SQLite)", commits);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}
