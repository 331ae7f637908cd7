//! Who advised, decided, held, turned back, corrected, attested and signed, and when: held against the history, which is
//! sealed. Whoever changes it in one place alone is found.

use super::{Report, Rule, store};
use crate::db::Snapshot;
use crate::error::Found;

/// A table of what was done to applications, who did it and when in which columns, and the kinds of event that tell of it.
const TO_APPLICATIONS: [(&str, &str, &str, &str); 9] = [
    ("assessment_round", "advised_by", "advised_at", "'RECOMMENDED'"),
    ("assessment_round", "decided_by", "decided_at", "'CONFIRMED', 'DECLINED'"),
    ("hold", "held_by", "held_at", "'HELD'"),
    ("hold", "released_by", "released_at", "'HOLD_RELEASED'"),
    ("turn_back", "turned_by", "at", "'SENT_BACK', 'RETURNED', 'RECONSIDERED'"),
    ("turn_back", "advised_by", "advised_at", "'RECOMMENDED'"),
    ("amendment", "proposed_by", "proposed_at", "'AMENDMENT_PROPOSED'"),
    ("amendment", "decided_by", "decided_at", "'AMENDMENT_ACCEPTED', 'AMENDMENT_REJECTED'"),
    ("assessment", "assessor_id", "at", "'ASSESSED'"),
];

pub(super) async fn examine(snapshot: &Snapshot, report: &mut Report) -> Found<()> {
    for (table, who, when, kinds) in TO_APPLICATIONS {
        let condition = format!(
            "EXISTS (SELECT 1 FROM {table} AS done WHERE done.application_id = application.id \
             AND done.{who} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM history_event AS told \
                 WHERE told.application_id = done.application_id AND told.kind IN ({kinds}) \
                 AND told.actor_id = done.{who} AND told.at = done.{when}))"
        );
        for reference in store::load_misfits(snapshot, &condition).await? {
            report.tell(Rule::Hands, reference, format!("history does not know its {table}.{who}"));
        }
    }
    Ok(())
}
