//! Room for those who listen, at sockets and to streams of events: so many in all, so many of each.
//!
//! Strangers can fill the hall where they come from many addresses, and then no member of a frontend elsewhere comes in either,
//! whose browser cannot send a token with the first request; each stands there for as long as a greeting may take, and no longer.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use futures_util::future::join_all;
use wire::Refusal;
use wire::refusal::OVERLOADED;
use wire::shares::{Share, Shares};

use super::Face;
use super::graphql::Caller;
use crate::watch::Metrics;

/// How long sockets may take to close when the service ends.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// All rooms. Strangers, who are not signed in, take nothing that is for members.
pub(super) struct Rooms {
    members: Arc<Shares<String>>,
    strangers: Arc<Shares<String>>,
    /// Where sockets stand for a moment of which it is not known yet whose they are.
    hall: Arc<Shares<String>>,
    metrics: Metrics,
}

impl Rooms {
    /// As large as what the service grants.
    pub fn new(face: &Face, metrics: Metrics) -> Self {
        let room = |all: usize| Arc::new(Shares::new(all, face.listeners_of_one));
        Self {
            members: room(face.listeners),
            strangers: room(face.strangers_who_listen),
            hall: room(face.strangers_who_listen),
            metrics,
        }
    }

    /// Room for one more who listens, out of the share of whoever that is; held until it is dropped.
    pub fn enter(&self, caller: &Caller) -> Result<Share, Refusal> {
        self.take(if is_member(caller) { &self.members } else { &self.strangers }, caller)
    }

    /// Room for a socket that is opened: whoever is not signed in may do so next.
    pub fn wait(&self, caller: &Caller) -> Result<Share, Refusal> {
        self.take(if is_member(caller) { &self.members } else { &self.hall }, caller)
    }

    fn take(&self, room: &Arc<Shares<String>>, caller: &Caller) -> Result<Share, Refusal> {
        room.take(caller.name()).ok_or_else(|| {
            self.metrics.listener_refused();
            let message = "Too many listen at the moment: try again in a minute.";
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, OVERLOADED, message)
                .with(header::RETRY_AFTER, HeaderValue::from_static("60"))
        })
    }

    /// Done when nobody is left, or had time enough to go.
    pub async fn emptied(&self) {
        join_all([&self.members, &self.strangers, &self.hall].map(|room| room.all_back(LAST_WORDS))).await;
    }
}

fn is_member(caller: &Caller) -> bool {
    caller.viewer.member().is_some()
}
