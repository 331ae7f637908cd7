//! What the service is made of, assembled in one place for `main` and for tests, and shared as `Arc<App>`.
//!
//! Nothing here decides anything, and nothing is changed once it serves: what changes lives in the database.

use std::sync::Arc;

use url::Url;

use crate::applications::follow::Follower;
use crate::db::Db;
use crate::exceptions::store::Shelf;
use crate::keys::Keys;
use crate::random::Random;
use crate::releases::follow::GiveUp;

/// Who acts on what happens to applications, in the same transaction and in this order.
pub static FOLLOWERS: &[&dyn Follower] = &[&GiveUp];

/// The parts of the service.
#[derive(Debug)]
pub struct App {
    /// The door to the database, with the clock.
    pub db: Db,
    /// The deployment's keys.
    pub keys: Keys,
    /// The terms of class exceptions, read once.
    pub shelf: Shelf,
    /// Ids of requests come from here; never a secret.
    pub random: Random,
    /// Where the service is reached from outside; links and cookies go by it.
    pub public_url: Url,
    /// Whether anybody may sign in as anybody: [`crate::http::may_offer_demo_sign_in`] said so.
    pub demo: bool,
}

impl App {
    /// Puts the parts together. `demo` comes from [`crate::http::may_offer_demo_sign_in`].
    #[must_use]
    pub fn assemble(db: Db, keys: Keys, random: Random, public_url: Url, demo: bool) -> Arc<Self> {
        Arc::new(Self { db, keys, shelf: Shelf::default(), random, public_url, demo })
    }
}
