//! Spans sent to a collector of OpenTelemetry, over HTTP, by a thread of its own.
//!
//! What cannot be sent is dropped: nobody waits for a collector, and nothing fails where there is none. Only spans are sent,
//! never what is logged within them, so no text of a fault leaves with them.

use std::time::Duration;

use axum::http::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::TracerProvider;
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::registry::LookupSpan;
use url::Url;

/// The name of the service, as collectors have it.
const SERVICE: &str = "nominations";
/// How long the collector may take to take a batch.
const PATIENCE: Duration = Duration::from_secs(3);
/// The header in which a caller names its own span, as W3C's Trace Context has it.
const TRACE_PARENT: &str = "traceparent";
/// How long the last spans may take at the end.
const LAST_SPANS: Duration = Duration::from_secs(5);

/// The span of whoever sends a request, where its head names one. Nothing else of the head is taken over: `tracestate` would go
/// out with every span, and be as long as a caller likes.
#[must_use]
pub fn callers_span(headers: &HeaderMap) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &TraceParent(headers))
}

struct TraceParent<'h>(&'h HeaderMap);

impl Extractor for TraceParent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == TRACE_PARENT).then(|| self.0.get(TRACE_PARENT)?.to_str().ok())?
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACE_PARENT]
    }
}

/// Why no traces can be sent.
#[derive(Debug, thiserror::Error)]
#[error("traces cannot be sent to {collector}: {why}")]
pub struct TracesError {
    collector: Url,
    why: String,
}

/// Where spans are sent to.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// To the collector at an address, e.g. `http://127.0.0.1:4318`. Nothing is connected yet.
    ///
    /// # Errors
    /// Where the address takes no path, or this machine has no client for it.
    pub fn to(collector: &Url) -> Result<Self, TracesError> {
        let why = |why: String| TracesError { collector: collector.clone(), why };
        let mut address = collector.clone();
        address
            .path_segments_mut()
            .map_err(|()| why("the address takes no path".to_owned()))?
            .pop_if_empty()
            .extend(["v1", "traces"]);
        let exporter = SpanExporter::builder().with_http().with_endpoint(address).with_timeout(PATIENCE);
        let exporter = exporter.build().map_err(|error: ExporterBuildError| why(error.to_string()))?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name(SERVICE).with_attribute(version).build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Self { provider })
    }

    /// What hands spans over. It takes those of this service alone, and no events.
    #[must_use]
    pub fn layer<S: Subscriber + for<'s> LookupSpan<'s>>(&self) -> impl Layer<S> + use<S> {
        let own = |metadata: &Metadata<'_>| metadata.is_span() && metadata.target().starts_with(SERVICE);
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(FilterFn::new(own).with_max_level_hint(LevelFilter::DEBUG))
    }

    /// Sends what is left, for so long only.
    pub async fn end(self) {
        let ended =
            tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(LAST_SPANS)).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be sent");
        }
    }
}
