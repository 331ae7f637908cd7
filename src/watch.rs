//! How the service is seen by those who run it: metrics to be scraped, traces to be sent, and the log.
//!
//! Nothing here decides anything, and nothing of a person, of an application or of a client's own text gets into it: labels
//! are names of the service's own, of class exceptions, of bodies, and of documents that an operator has put in a manifest.
//! docs/operations.md tells what each metric says.

mod labels;
mod log;
mod metrics;
mod scrape;
mod standing;
mod store;
mod traces;

pub use log::{LogFormat, start_log};
pub use metrics::{Counted, Listening, Metrics, Operation};
pub use scrape::{Scraper, serve};
pub use traces::{Traces, TracesError, callers_span};
