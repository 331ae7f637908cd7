//! What casework leaves beside the application: questions, clocks, holds, corrections, replacements, cases turned back,
//! and the interest that it came of.
//!
//! Each rule is one query that finds who breaks it, so that the records need not be read one by one.

use super::{Report, Rule, store};
use crate::db::Snapshot;
use crate::error::Found;

/// A rule, what is wrong with whoever is found, and the condition on `application` by which they are.
const MISFITS: [(Rule, &str, &str); 13] = [
    (
        Rule::QuestionsFit,
        "the employer is being asked exactly where a question is open",
        "(application.status = 'INFORMATION_REQUESTED') <> EXISTS (SELECT 1 FROM information_request AS question \
         WHERE question.application_id = application.id AND question.status = 'OPEN')",
    ),
    (
        Rule::QuestionsFit,
        "a question is another body's, or of a round that never was",
        "EXISTS (SELECT 1 FROM information_request AS question WHERE question.application_id = application.id \
         AND (question.body_id <> application.body_id OR question.round > application.round))",
    ),
    (
        Rule::ClockFits,
        "its clock runs, or stands still, where it has none",
        "application.status NOT IN ('SUBMITTED', 'IN_ASSESSMENT', 'INFORMATION_REQUESTED', 'RECOMMENDED') \
         AND (application.due_at IS NOT NULL OR application.days_left IS NOT NULL)",
    ),
    (
        Rule::ClockFits,
        "its clock stands still exactly while the employer is asked",
        "(application.status = 'INFORMATION_REQUESTED' AND application.due_at IS NOT NULL) \
         OR (application.status <> 'INFORMATION_REQUESTED' AND application.days_left IS NOT NULL)",
    ),
    (
        Rule::ClockFits,
        "the body has to decide on it, and its clock neither runs nor stands still",
        "application.status IN ('SUBMITTED', 'IN_ASSESSMENT', 'INFORMATION_REQUESTED', 'RECOMMENDED') \
         AND application.due_at IS NULL AND application.days_left IS NULL",
    ),
    (
        Rule::EndFits,
        "it has ended exactly where it has an instant of that",
        "(application.status IN ('DECLINED', 'RETURNED', 'WITHDRAWN', 'REVOKED', 'LAPSED', 'SUPERSEDED')) \
         <> (application.ended_at IS NOT NULL)",
    ),
    (
        Rule::HoldFits,
        "it is on hold exactly where a hold on it is open",
        "(application.hold_reason IS NOT NULL) <> EXISTS (SELECT 1 FROM hold WHERE \
         hold.application_id = application.id AND hold.released_at IS NULL AND hold.reason = application.hold_reason \
         AND hold.body_id = application.body_id)",
    ),
    (
        Rule::AmendmentFits,
        "a correction waits on what is no nomination, or was decided by who proposed it",
        "EXISTS (SELECT 1 FROM amendment WHERE amendment.application_id = application.id \
         AND ((amendment.status = 'PROPOSED' AND application.status <> 'NOMINATED') \
         OR amendment.decided_by = amendment.proposed_by OR amendment.body_id <> application.body_id))",
    ),
    (
        Rule::SuccessionFits,
        "it is to take over what is no nomination of the same employer, body and class exception",
        "application.supersedes_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM application AS old \
         WHERE old.id = application.supersedes_id AND old.nominated_at IS NOT NULL \
         AND old.exception_id = application.exception_id AND old.body_id = application.body_id \
         AND old.employer_id = application.employer_id)",
    ),
    (
        Rule::SuccessionFits,
        "it is SUPERSEDED, and nothing took its place over",
        "application.status = 'SUPERSEDED' AND NOT EXISTS (SELECT 1 FROM application AS new \
         WHERE new.supersedes_id = application.id AND new.nominated_at IS NOT NULL)",
    ),
    (
        Rule::OneRound,
        "somebody who turned it back, or whose advice was, took part in another round",
        "EXISTS (SELECT 1 FROM turn_back JOIN assessment_round AS other \
         ON other.application_id = turn_back.application_id AND other.round <> turn_back.round \
         AND turn_back.kind <> 'RECONSIDERED' \
         AND (other.advised_by IN (turn_back.turned_by, turn_back.advised_by) \
              OR other.decided_by IN (turn_back.turned_by, turn_back.advised_by)) \
         WHERE turn_back.application_id = application.id)",
    ),
    (
        Rule::TwoPeople,
        "it was decided by somebody whose advice was sent back in the same round",
        "EXISTS (SELECT 1 FROM turn_back JOIN assessment_round AS decided \
         ON decided.application_id = turn_back.application_id AND decided.round = turn_back.round \
         AND decided.decided_by = turn_back.advised_by WHERE turn_back.application_id = application.id)",
    ),
    (
        Rule::InterestFits,
        "it has not the class exception, body and employer's number of the interest that it came of",
        "application.interest_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM interest JOIN employer \
         ON employer.nzbn = interest.nzbn AND employer.id = application.employer_id \
         WHERE interest.id = application.interest_id AND interest.exception_id = application.exception_id \
         AND interest.body_id = application.body_id)",
    ),
];

pub(super) async fn examine(snapshot: &Snapshot, report: &mut Report) -> Found<()> {
    for (rule, wrong, condition) in MISFITS {
        for reference in store::load_misfits(snapshot, condition).await? {
            report.tell(rule, reference, wrong);
        }
    }
    Ok(())
}
