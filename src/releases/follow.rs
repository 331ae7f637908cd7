//! What a release on its way has to do with an application that ends.

use std::future::ready;

use entity::{EventKind, application};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::actions::abandon_for;
use crate::applications::follow::Follower;
use crate::db::Tx;
use crate::error::Found;

/// Gives a release up that lists a nomination which has ended: what it says is not so any more.
#[derive(Clone, Copy, Debug)]
pub struct GiveUp;

impl Follower for GiveUp {
    fn follow<'a>(
        &'a self,
        tx: &'a Tx,
        kind: EventKind,
        application: &'a application::Model,
    ) -> BoxFuture<'a, Found<Option<String>>> {
        let ends = matches!(
            kind,
            EventKind::Withdrawn
                | EventKind::WithdrawnWithoutPrejudice
                | EventKind::Revoked
                | EventKind::Superseded
                | EventKind::Lapsed
        );
        if ends { abandon_for(tx, application).boxed() } else { ready(Ok(None)).boxed() }
    }
}
