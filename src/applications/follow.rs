//! What slices further down do in the same transaction when something happens to an application. This slice does not know
//! them: `app` lists them.

use entity::{EventKind, application};
use futures_util::future::BoxFuture;

use crate::db::Tx;
use crate::error::Found;

/// Somebody who has to act on what happens to an application before the transaction ends.
pub trait Follower: Sync {
    /// `kind` has happened to `application`, which is saved. What is done here stands or falls with it. It takes no gate:
    /// an act that may move a place holds it already. Answers what it did where that is to be told to the body's people who
    /// act, in a sentence.
    ///
    /// # Errors
    /// Where the database refuses; the act is undone then.
    fn follow<'a>(
        &'a self,
        tx: &'a Tx,
        kind: EventKind,
        application: &'a application::Model,
    ) -> BoxFuture<'a, Found<Option<String>>>;
}
