//! Places whose rest after the agency's refusal is over come free, and go to whoever is due.

use entity::ExceptionId;

use crate::app::App;
use crate::applications::actions::{give_places, lapse_refused};
use crate::db::{Command, Tx};
use crate::error::Acted;
use crate::reconciliation::store::outcomes as store;

/// How many come free in one transaction, so that nobody waits long for the gate.
pub const AT_ONCE: u64 = 100;

/// What one turn did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CameFree {
    /// Cases whose rest was over; there may be more where these are [`AT_ONCE`].
    pub over: usize,
    /// Applications that lapsed.
    pub lapsed: usize,
    /// Applications that were given a place.
    pub nominated: usize,
}

/// Frees the places of one class exception whose rest is over. It may be run by several processes at once: under the gate,
/// each case is found once.
#[derive(Clone, Debug)]
pub struct FreeRefused<'a> {
    /// The service.
    pub app: &'a App,
    /// Which class exception.
    pub exception: ExceptionId,
}

impl Command for FreeRefused<'_> {
    type Answer = CameFree;
    const NAME: &'static str = "freeRefused";

    async fn run(&self, tx: &Tx) -> Acted<CameFree> {
        let gate = tx.gate(self.exception).await?;
        let over = store::held_long_enough(&gate, AT_ONCE).await?;
        if over.is_empty() {
            return Ok(CameFree::default());
        }
        let lapsed = lapse_refused(&gate, &over).await?;
        store::end_holds(&gate, &over).await?;
        let nominated = give_places(&gate, self.app).await?.len();
        Ok(CameFree { over: over.len(), lapsed, nominated })
    }
}
