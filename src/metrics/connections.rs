//! Counting connections.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The metrics of connections. Clones share the same values.
#[derive(Clone, Debug, Default)]
pub struct ConnectionMetrics {
    /// Connections that are open.
    pub open: Gauge,
    /// Connections that were closed at once, because there were too many.
    pub refused: Counter,
    /// Connections that were closed because a deadline had passed.
    pub timed_out: Counter,
}

impl ConnectionMetrics {
    pub(super) fn register(self, registry: &mut Registry) {
        registry.register("connections", "Connections that are open", self.open);
        let help = "Connections that were closed at once, because there were too many";
        registry.register("connections_refused", help, self.refused);
        let help = "Connections that were closed because a deadline had passed";
        registry.register("connections_timed_out", help, self.timed_out);
    }
}
