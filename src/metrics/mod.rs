//! The metrics of the service, for its operator.

use std::borrow::Cow;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

mod connections;
mod hashing;
mod login;

pub use connections::ConnectionMetrics;
pub use hashing::HashingMetrics;
pub use login::{LoginAttempt, LoginOutcome};

/// The labels of a counter. Each has few values, none of which a client chooses.
type Labels<const N: usize> = [(&'static str, Cow<'static, str>); N];

/// All metrics. Clones share the same values.
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
    /// Passwords that wait to be hashed.
    pub hashing: HashingMetrics,
    /// Connections.
    pub connections: ConnectionMetrics,
    logins: Family<Labels<1>, Counter>,
    events: Family<Labels<1>, Counter>,
    refusals: Family<Labels<1>, Counter>,
    limited: Family<Labels<1>, Counter>,
    messages: Family<Labels<2>, Counter>,
}

impl Metrics {
    /// Counts an event of an account.
    pub fn event(&self, event: impl Into<Cow<'static, str>>) {
        self.events.get_or_create(&[("event", event.into())]).inc();
    }

    /// Counts a request that was refused with the problem `code`.
    pub fn refused(&self, code: &'static str) {
        self.refusals.get_or_create(&[("code", code.into())]).inc();
    }

    /// Counts a request that the limit with this name refused.
    pub fn limited(&self, limit: &'static str) {
        self.limited.get_or_create(&[("limit", limit.into())]).inc();
    }

    /// Counts what became of a message, or of an attempt to send it.
    pub fn message(&self, kind: impl Into<Cow<'static, str>>, outcome: &'static str) {
        self.messages.get_or_create(&[("kind", kind.into()), ("outcome", outcome.into())]).inc();
    }

    /// The metrics in the text format of Prometheus (OpenMetrics 1.0).
    ///
    /// # Errors
    /// Never, because the text is written to memory.
    pub fn render(&self) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("current_user");
        let Self { cache_hits, cache_misses, cache_bypasses, writes, commits, .. } = self.clone();
        let Self { hashing, connections, logins, events, refusals, limited, messages, .. } =
            self.clone();
        registry.register("cache_hits", "GET /me replies from the cache", cache_hits);
        registry.register("cache_misses", "GET /me replies from the database", cache_misses);
        let help = "GET /me replies from the database while other nodes' changes may be unknown";
        registry.register("cache_bypasses", help, cache_bypasses);
        registry.register("writes", "Units of work that were committed (SQLite)", writes);
        registry.register("commits", "Commits of one or more units of work (SQLite)", commits);
        registry.register("logins", "Logins and restorations by outcome", logins);
        registry.register("events", "Events of accounts", events);
        registry.register("refusals", "Requests that were refused, by problem code", refusals);
        registry.register("limited", "Requests that a limit refused, by limit", limited);
        registry.register("messages", "Messages, and attempts to send them, by outcome", messages);
        hashing.register(&mut registry);
        connections.register(&mut registry);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}
