//! What is counted as it happens: requests, operations, what was refused, and who listens.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use wire::asked::Ready;

use super::labels::Labels;

/// Upper bounds of durations, in seconds: up to what an act may take.
const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];
/// The label of all documents that are in no manifest: their names are the client's text.
const UNTRUSTED: &str = "untrusted";
/// The label of what is none of the known words.
const OTHER: &str = "other";
/// Methods that are told apart; a client may send any word.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT"];
/// Codes that are told apart: those of docs/api.md.
const CODES: [&str; 19] = [
    "OK",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "BAD_USER_INPUT",
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "INTROSPECTION_DISABLED",
    "PERSISTED_QUERY_NOT_FOUND",
    "PERSISTED_QUERY_REQUIRED",
    "NOT_ACCEPTABLE",
    "UNSUPPORTED_MEDIA_TYPE",
    "METHOD_NOT_ALLOWED",
    "PAYLOAD_TOO_LARGE",
    "REQUEST_TIMEOUT",
    "RATE_LIMITED",
    "OVERLOADED",
    "PROVIDER_UNAVAILABLE",
    "TIMEOUT",
    "INTERNAL",
];

/// A code as it is told.
fn known(code: &str) -> &'static str {
    CODES.into_iter().find(|known| *known == code).unwrap_or(OTHER)
}

type Histograms = Family<Labels, Histogram, fn() -> Histogram>;

/// What is counted as it happens, by one process since its start.
#[derive(Clone, Debug)]
pub struct Metrics {
    requests: Family<Labels, Counter>,
    request_seconds: Histograms,
    operations: Family<Labels, Counter>,
    operation_seconds: Histograms,
    bodies_refused: Family<Labels, Counter>,
    budgets_refused: Family<Labels, Counter>,
    connections_refused: Counter,
    connections: Gauge,
    listeners_refused: Counter,
    under_way: Gauge,
    listeners: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let histograms = || Histograms::new_with_constructor(|| Histogram::new(SECONDS));
        Self {
            requests: Family::default(),
            request_seconds: histograms(),
            operations: Family::default(),
            operation_seconds: histograms(),
            bodies_refused: Family::default(),
            budgets_refused: Family::default(),
            connections_refused: Counter::default(),
            connections: Gauge::default(),
            listeners_refused: Counter::default(),
            under_way: Gauge::default(),
            listeners: Gauge::default(),
        }
    }
}

/// An operation as it is told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    kind: &'static str,
    document: String,
}

impl Operation {
    /// One that is about to be executed. The name of a document counts only where an operator has put it in a manifest.
    #[must_use]
    pub fn of(ready: &Ready) -> Self {
        let kind = match (ready.is_query(), ready.is_subscription()) {
            (true, _) => "query",
            (_, true) => "subscription",
            (false, false) => "mutation",
        };
        let document = ready.trusted.as_ref().map(|trusted| {
            let start = trusted.id.get(..12).unwrap_or(&trusted.id);
            format!("{}/{}", trusted.client, ready.fit.name.as_deref().unwrap_or(start))
        });
        Self { kind, document: document.unwrap_or_else(|| UNTRUSTED.to_owned()) }
    }

    fn labels(&self) -> Labels {
        vec![("type", self.kind.to_owned()), ("document", self.document.clone())]
    }

    /// One that was refused before it was known what it is.
    #[must_use]
    pub fn unknown() -> Self {
        Self { kind: "none", document: UNTRUSTED.to_owned() }
    }
}

/// One of what is under way; it is counted until it is dropped.
#[derive(Debug)]
pub struct Counted(Gauge);

impl Counted {
    fn in_(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A subscription that is open. It is counted as open until it is dropped, and then by what came of it.
#[derive(Debug)]
pub struct Listening {
    metrics: Metrics,
    operation: Operation,
    code: Option<&'static str>,
    _open: Counted,
}

impl Listening {
    /// Something was told; answers whether it was the first, which tells whether the subscription began. What goes wrong first is
    /// what came of it.
    pub fn told(&mut self, code: &str) -> bool {
        let is_first = self.code.is_none();
        if self.code.is_none_or(|kept| kept == "OK") {
            self.code = Some(known(code));
        }
        is_first
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.metrics.count(&self.operation, self.code.unwrap_or("OK"));
    }
}

impl Metrics {
    /// A request of any kind was answered. `route` is the address as the program has it, never as it was sent.
    pub fn request(&self, route: &str, method: &str, status: u16, took: Duration) {
        let route = ("route", route.to_owned());
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or(OTHER);
        let labels = vec![route.clone(), ("method", method.to_owned()), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
        self.request_seconds.get_or_create(&vec![route]).observe(took.as_secs_f64());
    }

    /// A query or an act came to its end.
    pub fn operation(&self, operation: &Operation, code: &str, took: Duration) {
        self.operation_seconds.get_or_create(&operation.labels()).observe(took.as_secs_f64());
        self.count(operation, known(code));
    }

    fn count(&self, operation: &Operation, code: &'static str) {
        let mut labels = operation.labels();
        labels.push(("code", code.to_owned()));
        self.operations.get_or_create(&labels).inc();
    }

    /// The body of a request was not taken, for a reason that its code tells.
    pub fn body_refused(&self, code: &'static str) {
        self.bodies_refused.get_or_create(&vec![("code", code.to_owned())]).inc();
    }

    /// An operation cost more than was left in the budget of this name.
    pub fn budget_refused(&self, budget: &'static str) {
        self.budgets_refused.get_or_create(&vec![("budget", budget.to_owned())]).inc();
    }

    /// A connection was closed as it came, since its address has its share of them.
    pub fn connection_refused(&self) {
        self.connections_refused.inc();
    }

    /// There was no room for a socket or a stream of events.
    pub fn listener_refused(&self) {
        self.listeners_refused.inc();
    }

    /// Counts a connection as open.
    #[must_use]
    pub fn connection(&self) -> Counted {
        Counted::in_(&self.connections)
    }

    /// Counts an operation as under way, waiting for its turn included.
    #[must_use]
    pub fn under_way(&self) -> Counted {
        Counted::in_(&self.under_way)
    }

    /// Counts a subscription as open.
    #[must_use]
    pub fn listening(&self, operation: Operation) -> Listening {
        Listening { metrics: self.clone(), operation, code: None, _open: Counted::in_(&self.listeners) }
    }

    /// Tells all of it.
    pub(super) fn register(&self, registry: &mut Registry) {
        let Self { requests, request_seconds, operations, operation_seconds, .. } = self.clone();
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "The version of the program", Info::new(version));
        registry.register("requests", "Requests that were answered", requests);
        let help = "Time from a request's head to its answer's";
        registry.register_with_unit("request_duration", help, Unit::Seconds, request_seconds);
        registry.register("operations", "Operations of GraphQL by what came of them", operations);
        let help = "Time that operations took, waiting for their turn included";
        registry.register_with_unit("operation_duration", help, Unit::Seconds, operation_seconds);
        let refused = self.bodies_refused.clone();
        registry.register("request_bodies_refused", "Bodies of requests that were not taken", refused);
        let refused = self.budgets_refused.clone();
        registry.register("budgets_refused", "Operations that cost more than was left", refused);
        let refused = self.connections_refused.clone();
        registry.register("connections_refused", "Connections closed as they came", refused);
        let help = "Connections with requests, sockets not among them";
        registry.register("connections", help, self.connections.clone());
        let refused = self.listeners_refused.clone();
        registry.register("listeners_refused", "Sockets and streams that there was no room for", refused);
        let under_way = self.under_way.clone();
        registry.register("operations_under_way", "Queries and acts under way at this moment", under_way);
        registry.register("listeners", "Subscriptions that are open", self.listeners.clone());
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;

    use super::*;

    fn told(metrics: &Metrics) -> String {
        let mut registry = Registry::default();
        metrics.register(&mut registry);
        let mut text = String::new();
        encode(&mut text, &registry).expect("a text");
        text
    }

    #[test]
    fn words_of_clients_are_no_labels() {
        let metrics = Metrics::default();
        for word in 0..100 {
            metrics.request("/graphql", &format!("METHOD{word}"), 405, Duration::ZERO);
            metrics.operation(&Operation::unknown(), &format!("CODE_{word}"), Duration::ZERO);
        }
        let told = told(&metrics);
        assert!(
            told.contains(r#"requests_total{route="/graphql",method="other",status="405"} 100"#),
            "{told}"
        );
        assert!(told.contains(r#"operations_total{type="none",document="untrusted",code="other"} 100"#));
        assert!(!told.contains("METHOD1") && !told.contains("CODE_1"));
    }

    #[test]
    fn every_code_of_the_api_is_told_apart() {
        let page = include_str!("../../docs/api.md");
        let (_, table) = page.split_once("| `extensions.code` |").expect("the table of codes");
        let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
        let codes: Vec<_> =
            rows.filter_map(|row| row.split('|').nth(1)).flat_map(|cell| cell.split(',')).collect();
        assert!(codes.len() > 10, "{codes:?}");
        for code in codes {
            assert!(CODES.contains(&code.trim().trim_matches('`')), "{code}");
        }
    }

    #[test]
    fn what_is_under_way_is_counted_until_it_is_dropped() {
        let metrics = Metrics::default();
        let [mut one, other] = [(); 2].map(|()| metrics.listening(Operation::unknown()));
        assert!(told(&metrics).contains("\nlisteners 2\n"));
        assert!(
            one.told("OK") && !one.told("RATE_LIMITED") && !one.told("INTERNAL"),
            "the first tells that it began"
        );
        drop((one, other));
        let told = told(&metrics);
        assert!(told.contains("\nlisteners 0\n"));
        for code in ["RATE_LIMITED", "OK"] {
            let series = format!(r#"operations_total{{type="none",document="untrusted",code="{code}"}} 1"#);
            assert!(told.contains(&series), "{told}");
        }
    }
}
