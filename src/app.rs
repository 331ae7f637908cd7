//! The parts that every act needs, assembled once.

use url::Url;

use crate::db::Db;
use crate::exceptions::store::Shelf;
use crate::keys::Keys;

/// The assembled service.
#[derive(Debug)]
pub struct App {
    /// The door to the database.
    pub db: Db,
    /// The deployment's keys.
    pub keys: Keys,
    /// The terms of class exceptions, read once.
    pub shelf: Shelf,
    /// Where people reach the service.
    pub public_url: Url,
}
