//! A collector of OpenTelemetry, as far as it takes to look at what is sent to one.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;

/// Takes what is sent to it, on a port of this machine, to the end of the test.
pub struct Collector {
    pub address: String,
    taken: Arc<Mutex<Vec<Bytes>>>,
}

impl Collector {
    pub async fn start() -> Self {
        let taken = Arc::<Mutex<Vec<Bytes>>>::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let routes = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&taken));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, taken }
    }

    /// All bytes that came.
    pub fn bytes(&self) -> Vec<u8> {
        self.taken.lock().expect("nobody panicked").concat()
    }

    /// All that came, read.
    pub fn requests(&self) -> Vec<ExportTraceServiceRequest> {
        let taken = self.taken.lock().expect("nobody panicked");
        taken.iter().map(|bytes| Message::decode(bytes.clone()).expect("a request of OTLP")).collect()
    }

    /// All spans that came.
    pub fn spans(&self) -> Vec<Span> {
        let resources = self.requests().into_iter().flat_map(|request| request.resource_spans);
        resources.flat_map(|of| of.scope_spans).flat_map(|of| of.spans).collect()
    }
}

async fn take(State(taken): State<Arc<Mutex<Vec<Bytes>>>>, headers: HeaderMap, bytes: Bytes) {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    taken.lock().expect("nobody panicked").push(bytes);
}

/// An attribute as a text; empty where there is none.
pub fn attribute(attributes: &[KeyValue], name: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == name);
    match found.and_then(|attribute| attribute.value.clone()) {
        Some(AnyValue { value: Some(Value::StringValue(text)) }) => text,
        Some(AnyValue { value: Some(Value::IntValue(number)) }) => number.to_string(),
        _ => String::new(),
    }
}
