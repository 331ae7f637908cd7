//! Discrepancies, what people made of them, runs and their signatures.
//!
//! As in [`super::casework`], each rule is one query that finds who breaks it; what bodies signed is recomputed.

use std::collections::BTreeMap;

use super::{Report, Rule, store};
use crate::db::Snapshot;
use crate::error::Found;
use crate::reconciliation::actions::digest;
use crate::reconciliation::rules::{Figures, Tally};

/// A rule, what is wrong with whatever is found, and the query whose one column says what that is.
const MISFITS: [(Rule, &str, &str); 13] = [
    (
        Rule::DiscrepancyFits,
        "a discrepancy about it is of another body or class exception",
        "SELECT application.reference AS about FROM discrepancy JOIN application \
         ON application.id = discrepancy.application_id WHERE application.body_id <> discrepancy.body_id \
         OR application.exception_id <> discrepancy.exception_id",
    ),
    (
        Rule::DiscrepancyFits,
        "a discrepancy about it and another has another body as the other",
        "SELECT application.reference AS about FROM discrepancy JOIN application \
         ON application.id = discrepancy.other_application_id WHERE application.body_id <> discrepancy.other_body_id \
         OR application.exception_id <> discrepancy.exception_id",
    ),
    (
        Rule::DiscrepancyFits,
        "a pair of one worker is not two applications, the smaller id first",
        "SELECT discrepancy.kind AS about FROM discrepancy WHERE discrepancy.kind = 'SAME_WORKER' \
         AND (discrepancy.application_id IS NULL OR discrepancy.other_application_id IS NULL \
         OR discrepancy.application_id >= discrepancy.other_application_id)",
    ),
    (
        Rule::DiscrepancyOpen,
        "a pair of one worker is open, and one of the two has ended",
        "SELECT application.reference AS about FROM discrepancy JOIN application \
         ON application.id IN (discrepancy.application_id, discrepancy.other_application_id) \
         WHERE discrepancy.kind = 'SAME_WORKER' AND discrepancy.status = 'OPEN' AND application.status NOT IN \
         ('SUBMITTED', 'IN_ASSESSMENT', 'INFORMATION_REQUESTED', 'RECOMMENDED', 'CONFIRMED', 'NOMINATED')",
    ),
    (
        Rule::DiscrepancyOpen,
        "the same thing is open twice",
        "SELECT discrepancy.kind AS about FROM discrepancy WHERE discrepancy.status = 'OPEN' \
         GROUP BY discrepancy.exception_id, discrepancy.mark, discrepancy.kind HAVING COUNT(*) > 1",
    ),
    (
        Rule::DiscrepancyResolved,
        "it is resolved exactly where people made something of it, or it went away",
        "SELECT discrepancy.kind AS about FROM discrepancy WHERE (discrepancy.status = 'RESOLVED') \
         <> (discrepancy.resolved_at IS NOT NULL) OR (discrepancy.status = 'RESOLVED') \
         <> (discrepancy.resolution IS NOT NULL OR discrepancy.closed_because IS NOT NULL) \
         OR (discrepancy.resolution IS NULL) <> (discrepancy.resolved_by IS NULL)",
    ),
    (
        Rule::DiscrepancyResolved,
        "it was resolved in a way that its kind does not know",
        "SELECT discrepancy.kind AS about FROM discrepancy WHERE discrepancy.resolution IS NOT NULL \
         AND (discrepancy.kind = 'SAME_WORKER') \
         <> (discrepancy.resolution IN ('WORKER_CHOSE', 'EARLIER_STANDS', 'NOT_A_DUPLICATE'))",
    ),
    (
        Rule::DiscrepancyResolved,
        "another application was to stand, and it did not end",
        "SELECT application.reference AS about FROM discrepancy JOIN application \
         ON application.id IN (discrepancy.application_id, discrepancy.other_application_id) \
         AND application.id <> discrepancy.chosen_id WHERE application.status <> 'WITHDRAWN'",
    ),
    (
        Rule::DiscrepancyAgreed,
        "two bodies have a part in it, and it was resolved without a proposal of the other",
        "SELECT discrepancy.kind AS about FROM discrepancy WHERE discrepancy.resolution IS NOT NULL \
         AND discrepancy.body_id <> discrepancy.other_body_id AND NOT EXISTS \
         (SELECT 1 FROM resolution_proposal AS proposal WHERE proposal.discrepancy_id = discrepancy.id \
         AND proposal.resolution = discrepancy.resolution AND proposal.body_id <> discrepancy.resolved_body_id \
         AND COALESCE(proposal.chosen_id, discrepancy.id) = COALESCE(discrepancy.chosen_id, discrepancy.id))",
    ),
    (
        Rule::DiscrepancyAgreed,
        "a body proposed something for what it has no part in",
        "SELECT discrepancy.kind AS about FROM resolution_proposal AS proposal JOIN discrepancy \
         ON discrepancy.id = proposal.discrepancy_id WHERE proposal.body_id <> discrepancy.body_id \
         AND proposal.body_id <> discrepancy.other_body_id",
    ),
    (
        Rule::ToldApart,
        "two applications are kept apart that nobody told apart",
        "SELECT application.reference AS about FROM told_apart JOIN application \
         ON application.id = told_apart.application_id WHERE NOT EXISTS (SELECT 1 FROM discrepancy \
         WHERE discrepancy.id = told_apart.discrepancy_id AND discrepancy.resolution = 'NOT_A_DUPLICATE' \
         AND discrepancy.application_id = told_apart.application_id \
         AND discrepancy.other_application_id = told_apart.other_id)",
    ),
    (
        Rule::Runs,
        "its runs are not numbered from 1 on",
        "SELECT exception.slug AS about FROM reconciliation AS run JOIN class_exception AS exception \
         ON exception.id = run.exception_id GROUP BY exception.slug HAVING COUNT(*) <> MAX(run.number)",
    ),
    (
        Rule::SignedOff,
        "a body signed something else than the run says, or a run after which something was open",
        "SELECT body.slug AS about FROM sign_off JOIN body ON body.id = sign_off.body_id JOIN reconciliation AS run \
         ON run.id = sign_off.reconciliation_id WHERE sign_off.digest <> run.digest OR NOT run.balanced \
         OR NOT EXISTS (SELECT 1 FROM reconciliation_figure AS figure WHERE figure.reconciliation_id = run.id \
         AND figure.body_id = sign_off.body_id AND figure.caseload = sign_off.lines)",
    ),
];

pub(super) async fn examine(snapshot: &Snapshot, report: &mut Report) -> Found<()> {
    for (rule, wrong, query) in MISFITS {
        for about in store::load_abouts(snapshot, query).await? {
            report.tell(rule, about, wrong);
        }
    }
    let mut after = None;
    loop {
        let runs = store::load_runs(snapshot, after).await?;
        for run in &runs {
            runs_say_what_was_signed(run, report);
        }
        match runs.last() {
            Some(last) => after = Some(last.row.id),
            None => return Ok(()),
        }
    }
}

/// The digest is of the figures, and nothing was open after a run exactly where it says so.
fn runs_say_what_was_signed(run: &crate::reconciliation::store::runs::Run, report: &mut Report) {
    let about = format!("run {}", run.row.number);
    let tally = Tally { checked: run.row.checked, matched: run.row.matched, figures: BTreeMap::default() };
    let figures = run.figures.iter().map(|row| {
        let figures = Figures {
            caseload: row.caseload,
            ledger: row.ledger,
            released: row.released,
            agency: row.agency,
        };
        (row.body_id, figures)
    });
    let figures = figures.collect();
    let recomputed = digest(run.row.exception_id, run.row.number, &tally, &figures, run.row.balanced);
    report.expect(recomputed == run.row.digest, Rule::Runs, &about, "its digest is not of its figures");
    let wrong = "it says that nothing was open, and has what was, or the reverse";
    report.expect(run.row.balanced == run.open.is_empty(), Rule::Runs, &about, wrong);
}
