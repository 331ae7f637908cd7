//! What the service is made of, assembled in one place for `main` and for tests, and shared as `Arc<App>`.
//!
//! Nothing here decides anything, and nothing is changed once it serves: what changes lives in the database.

use std::sync::Arc;

use entity::InvitationId;
use url::Url;

use crate::applications::follow::Follower;
use crate::db::Db;
use crate::error::{Fault, Found};
use crate::exceptions::store::Shelf;
use crate::keys::Keys;
use crate::live::Live;
use crate::providers::Providers;
use crate::random::Random;
use crate::reconciliation::actions::SameWorker;
use crate::releases::follow::GiveUp;
use crate::watch::Metrics;

/// Who acts on what happens to applications, in the same transaction and in this order.
pub static FOLLOWERS: &[&dyn Follower] = &[&GiveUp, &SameWorker];

/// The parts of the service.
#[derive(Debug)]
pub struct App {
    /// The door to the database, with the clock.
    pub db: Db,
    /// The deployment's keys.
    pub keys: Keys,
    /// The terms of class exceptions, read once.
    pub shelf: Shelf,
    /// Whom people and machines sign in with.
    pub providers: Providers,
    /// Ids of requests come from here; never a secret.
    pub random: Random,
    /// Where the service is reached from outside; links and cookies go by it.
    pub public_url: Url,
    /// Where what happens is passed on to those who listen.
    pub live: Live,
    /// What is counted as it happens.
    pub metrics: Metrics,
    /// Whether anybody may sign in as anybody: [`crate::http::may_offer_demo_sign_in`] said so.
    pub demo: bool,
}

impl App {
    /// Puts the parts together. `demo` comes from [`crate::http::may_offer_demo_sign_in`].
    #[must_use]
    pub fn assemble(
        db: Db,
        keys: Keys,
        providers: Providers,
        random: Random,
        public_url: Url,
        demo: bool,
    ) -> Arc<Self> {
        Arc::new(Self {
            db,
            keys,
            shelf: Shelf::default(),
            providers,
            random,
            public_url,
            live: Live::default(),
            metrics: Metrics::default(),
            demo,
        })
    }

    /// The link of an invitation. Whoever opens it first can use it, so it is told to whoever invites and to nobody else.
    ///
    /// # Errors
    /// Where the public URL takes no path.
    pub fn invitation_link(&self, id: InvitationId) -> Found<Url> {
        let mut link = self.public_url.join("/sign-in").map_err(|why| Fault::stored("public URL", why))?;
        link.query_pairs_mut().append_pair("invitation", &self.keys.invitation_token(id.0));
        Ok(link)
    }
}
