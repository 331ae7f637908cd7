//! `/metrics`, on a listener of its own: what is told is for those who run the service, and for nobody whom it serves.
//!
//! However often it is asked for, the database is looked at once in [`KEPT`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::labels::Gauges;
use super::standing::{Standing, register_pools};
use crate::app::App;

/// How long what the database told is told again.
const KEPT: Duration = Duration::from_secs(5);
/// How long the database may take to tell it: scrapers wait for ten seconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// The format that is written.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Tells the metrics of one process.
#[derive(Debug)]
pub struct Scraper {
    app: Arc<App>,
    last: Mutex<Option<Look>>,
}

/// What came of a look at the database. That it failed is kept as well: one that does not answer is not asked all the time.
#[derive(Clone, Debug)]
struct Look {
    at: Instant,
    standing: Option<Arc<Standing>>,
}

impl Scraper {
    /// Of the process that has these parts.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        Self { app, last: Mutex::default() }
    }

    /// All metrics, in the text format of OpenMetrics. Where the database does not answer, what it would tell is left out and
    /// `nominations_database_up` is 0.
    ///
    /// # Errors
    /// Where no text can be made.
    pub async fn scrape(&self) -> Result<String, fmt::Error> {
        let standing = self.standing().await;
        let mut registry = Registry::with_prefix("nominations");
        self.app.metrics.register(&mut registry);
        let up = Gauges::default();
        up.put([], f64::from(u8::from(standing.is_some())));
        up.register(&mut registry, "database_up", "1 where the database told how things stand, else 0");
        register_pools(&self.app.db.pools(), standing.as_deref(), &mut registry);
        if let Some(standing) = standing {
            standing.register(&mut registry);
        }
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }

    /// How things stand, or stood a moment ago. Whoever comes meanwhile waits for the same look.
    async fn standing(&self) -> Option<Arc<Standing>> {
        let mut last = self.last.lock().await;
        if let Some(look) = last.as_ref().filter(|look| look.at.elapsed() < KEPT) {
            return look.standing.clone();
        }
        let standing = match timeout(PATIENCE, Standing::load(&self.app.db)).await {
            Ok(Ok(standing)) => Some(Arc::new(standing)),
            Ok(Err(fault)) => {
                tracing::warn!(error = %fault, "the database does not tell how things stand");
                None
            }
            Err(_) => {
                tracing::warn!("the database takes too long to tell how things stand");
                None
            }
        };
        *last = Some(Look { at: Instant::now(), standing: standing.clone() });
        standing
    }
}

/// Serves `/metrics` and nothing else, until it is not polled any more.
///
/// # Errors
/// Where the operating system refuses.
pub async fn serve(app: Arc<App>, listener: TcpListener) -> std::io::Result<()> {
    let routes = Router::new().route("/metrics", get(tell)).with_state(Arc::new(Scraper::new(app)));
    axum::serve(listener, routes).await
}

async fn tell(State(scraper): State<Arc<Scraper>>) -> Response {
    match scraper.scrape().await {
        Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
