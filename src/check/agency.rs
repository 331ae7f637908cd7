//! What the agency said, against where its cases and their places stand.

use super::{Report, Rule, store};
use crate::db::Snapshot;
use crate::error::Found;

/// Where no place is used up or on its way back for the agency's sake.
const REFUSED: &str =
    "('TRAVEL_DECLINED', 'TRAVEL_WITHDRAWN', 'INVITATION_EXPIRED', 'VISA_DECLINED', 'VISA_WITHDRAWN')";
const GRANTED: &str = "('VISA_GRANTED', 'ARRIVED')";

pub(super) async fn examine(snapshot: &Snapshot, report: &mut Report) -> Found<()> {
    for (rule, condition, wrong) in misfits() {
        for reference in store::load_misfits(snapshot, &condition).await? {
            report.tell(rule, reference, wrong);
        }
    }
    for message in store::load_messages_that_lack_lines(snapshot).await? {
        report.tell(
            Rule::AgencyMessage,
            format!("message {message}"),
            "its lines are not those that it counts",
        );
    }
    Ok(())
}

fn misfits() -> [(Rule, String, &'static str); 4] {
    let case = "SELECT 1 FROM agency_case WHERE agency_case.application_id = application.id";
    let held = "SELECT 1 FROM place JOIN agency_case ON agency_case.application_id = place.application_id \
                WHERE place.application_id = application.id";
    [
        (
            Rule::AgencySaid,
            format!(
                "EXISTS ({case} AND NOT EXISTS (SELECT 1 FROM agency_outcome AS said \
                     WHERE said.application_id = application.id AND said.became = 'APPLIED' \
                         AND said.status = agency_case.status AND said.at = agency_case.at) \
                 AND (agency_case.status NOT IN ('NOT_SENT', 'SENT', 'ACKNOWLEDGED') OR EXISTS (SELECT 1 \
                     FROM agency_outcome AS said WHERE said.application_id = application.id \
                         AND said.became = 'APPLIED')))"
            ),
            "its case stands where no line of the agency has it",
        ),
        (
            Rule::AgencyPlace,
            format!(
                "application.status = 'NOMINATED' AND (EXISTS ({held} \
                     AND ((place.state = 'CONSUMED') <> (agency_case.status IN {GRANTED}) \
                         OR (place.state = 'RETURNING') <> (agency_case.status IN {REFUSED}))) \
                 OR EXISTS (SELECT 1 FROM place WHERE place.application_id = application.id \
                     AND place.state IN ('CONSUMED', 'RETURNING') AND NOT EXISTS ({case})))"
            ),
            "its place stands elsewhere than the agency's word brings it",
        ),
        (
            Rule::AgencyHold,
            format!(
                "application.status = 'NOMINATED' AND EXISTS ({case} \
                     AND (agency_case.hold_until IS NOT NULL) <> (agency_case.status IN {REFUSED}))"
            ),
            "its place rests for no refusal, or a refusal has no end to its rest",
        ),
        (
            Rule::Purged,
            format!(
                "application.purged_at IS NOT NULL AND EXISTS ({case} AND (agency_case.told_sealed IS NOT NULL \
                     OR agency_case.agency_reference IS NOT NULL OR agency_case.reason IS NOT NULL))"
            ),
            "it was purged, and what the agency told of it is left",
        ),
    ]
}
