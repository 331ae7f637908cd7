//! A correction of a nomination's facts that waits for a second person. Colleagues of the body read it.

use async_graphql::{ID, SimpleObject};
use entity::amendment;

use crate::applications::actions;
use crate::error::Fault;
use crate::schema::GlobalId;
use crate::schema::scalars::DateTime;

/// A proposed correction of a nomination's facts. The place stays.
#[derive(Clone, Debug, SimpleObject)]
pub struct Amendment {
    /// Global id of the correction, for `confirmAmendment`.
    #[graphql(owned)]
    pub id: ID,
    /// Why, in the words of who proposed it.
    reason: String,
    /// What would change, field by field.
    changes: Vec<FieldChange>,
    /// When it was proposed.
    proposed_at: DateTime,
}

/// One field of a correction.
#[derive(Clone, Debug, SimpleObject)]
pub struct FieldChange {
    /// The field, by the name that inputs call it, e.g. worker.familyName.
    field: String,
    /// What stands; null where it is open. Of a passport's number, the last three characters.
    before: Option<String>,
    /// What would stand; null where it would be open. Of a passport's number, the last three characters.
    after: Option<String>,
}

impl TryFrom<amendment::Model> for Amendment {
    type Error = Fault;

    fn try_from(row: amendment::Model) -> Result<Self, Fault> {
        let changes: Vec<actions::FieldChange> =
            serde_json::from_value(row.changes).map_err(|why| Fault::stored("changes", why))?;
        let change = |one: actions::FieldChange| FieldChange {
            field: one.field,
            before: one.before,
            after: one.after,
        };
        Ok(Self {
            id: GlobalId::of(&row.id),
            reason: row.reason,
            changes: changes.into_iter().map(change).collect(),
            proposed_at: row.proposed_at.into(),
        })
    }
}
