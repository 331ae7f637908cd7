//! Families of metrics that are told apart by labels, all of which are texts of our own.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The labels of one series, by name.
pub type Labels = Vec<(&'static str, String)>;

/// A number of any size, in seconds, rows or connections.
pub type Number = Gauge<f64, AtomicU64>;

/// Gauges that are told anew at every scrape.
#[derive(Debug, Default)]
pub struct Gauges(Family<Labels, Number>);

impl Gauges {
    /// Puts one series in.
    pub fn put<const N: usize>(&self, labels: [(&'static str, &str); N], value: f64) {
        let labels = labels.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        self.0.get_or_create(&labels).set(value);
    }

    /// Tells them under a name, which ends with its unit.
    pub fn register(self, registry: &mut Registry, name: &str, help: &str) {
        registry.register(name, help, self.0);
    }
}

/// A count as metrics have it: exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^53")]
pub fn number(count: i64) -> f64 {
    count as f64
}
