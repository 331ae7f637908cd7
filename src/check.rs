//! Every invariant, recomputed from the tables: a line for each thing that is not as it must be.
//!
//! What the rules and the database refuse to write, this looks for all the same: a restored backup, a repair by
//! hand or a mistake of ours leaves no other trace. It reads one snapshot of the database, in pieces, so that it may
//! run beside the service and however large the caseload is; it changes nothing, and what it tells holds no personal
//! data.

mod agency;
mod ballots;
mod case;
mod casework;
mod database;
mod hands;
mod history;
mod ledger;
mod places;
mod purged;
mod reconciliation;
mod records;
mod releases;
mod rounds;
mod rule;
mod store;
mod words;
mod worker;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use entity::{
    ApplicationId, BodyId, ExceptionId, application, application_word, assessment, assessment_round,
    class_exception, conflict, imported_row, place, queue_entry, worker_fingerprint,
};

pub use rule::Rule;

use crate::app::App;
use crate::db::Snapshot;
use crate::error::{Fault, Found};
use crate::exceptions::store::KnownTerms;
use crate::keys::Sealing;
use crate::tenancy::SystemScope;

/// How many violations are told one by one; after a fault that breaks everything, more would help nobody.
pub const MOST_TOLD: usize = 1_000;

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant that does not hold.
    pub rule: Rule,
    /// What it is about, as people name it: a reference, the number of a place, the slug of a class exception.
    pub about: String,
    /// What is wrong, and against what.
    pub wrong: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.about, self.wrong, self.rule.name())
    }
}

/// Looks at everything; no violations where all is as it must be.
///
/// # Errors
/// Where the database does not answer, or something cannot be read at all.
pub async fn check(app: &App) -> Found<Vec<Violation>> {
    let scope = SystemScope::of("check");
    let snapshot = app.db.snapshot(&scope).await?;
    let mut report = Report::default();
    database::examine(&snapshot, &mut report).await?;
    records::examine(&snapshot, &mut report).await?;
    let frame = Frame::load(app, &snapshot, &mut report).await?;
    records::examine_terms(&snapshot, &frame.exceptions, &mut report).await?;
    for exception in frame.exceptions.values() {
        ledger::examine(app, &snapshot, exception, &frame, &mut report).await?;
        releases::examine(app, &snapshot, exception, &frame, &mut report).await?;
    }
    examine_applications(app, &snapshot, &frame, &mut report).await?;
    casework::examine(&snapshot, &mut report).await?;
    hands::examine(&snapshot, &mut report).await?;
    places::examine_workers(&snapshot, &mut report).await?;
    ballots::examine(app, &snapshot, &frame.exceptions, &mut report).await?;
    agency::examine(&snapshot, &mut report).await?;
    history::examine(&snapshot, &mut report).await?;
    reconciliation::examine(&snapshot, &mut report).await?;
    snapshot.end().await?;
    Ok(report.into_violations())
}

/// What is found on the way.
#[derive(Debug, Default)]
struct Report {
    violations: Vec<Violation>,
    left_out: usize,
}

impl Report {
    /// Tells that `rule` does not hold.
    fn tell(&mut self, rule: Rule, about: impl fmt::Display, wrong: impl fmt::Display) {
        if self.violations.len() < MOST_TOLD {
            self.violations.push(Violation { rule, about: about.to_string(), wrong: wrong.to_string() });
        } else {
            self.left_out += 1;
        }
    }

    /// Tells it where `holds` is false.
    fn expect(&mut self, holds: bool, rule: Rule, about: impl fmt::Display, wrong: impl fmt::Display) {
        if !holds {
            self.tell(rule, about, wrong);
        }
    }

    fn into_violations(mut self) -> Vec<Violation> {
        if self.left_out > 0 {
            let wrong = format!("{} more are not listed; mend these first", self.left_out);
            self.violations.push(Violation { rule: Rule::NotListed, about: "violations".into(), wrong });
        }
        self.violations
    }
}

/// What is small, and needed all along.
struct Frame {
    exceptions: HashMap<ExceptionId, class_exception::Model>,
    /// The prefix of each body's references.
    prefixes: HashMap<BodyId, String>,
    members: HashSet<(ExceptionId, BodyId)>,
    terms: HashMap<(ExceptionId, i32), Arc<KnownTerms>>,
    /// The places that are held, by who holds them: as many as there are places at most.
    held: HashMap<ApplicationId, place::Model>,
    /// The keys in use.
    sealing: Sealing,
}

impl Frame {
    async fn load(app: &App, snapshot: &Snapshot, report: &mut Report) -> Found<Self> {
        let exceptions = store::load_exceptions(snapshot).await?;
        let revisions = store::load_revisions(snapshot).await?;
        let mut terms = HashMap::new();
        for exception in &exceptions {
            let own: Vec<i32> =
                revisions.iter().filter(|(id, _)| *id == exception.id).map(|(_, number)| *number).collect();
            records::examine_revisions(exception, &own, report);
            for revision in own {
                match app.shelf.terms(snapshot.conn(), exception.id, revision).await {
                    Ok(known) => drop(terms.insert((exception.id, revision), known)),
                    Err(Fault::Stored { why, .. }) => {
                        let wrong = format!("the terms of revision {revision} cannot be read: {why}");
                        report.tell(Rule::Revisions, &exception.slug, wrong);
                    }
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(Self {
            exceptions: exceptions.into_iter().map(|one| (one.id, one)).collect(),
            prefixes: store::load_bodies(snapshot).await?.into_iter().collect(),
            members: store::load_members(snapshot).await?.into_iter().collect(),
            terms,
            held: places::held(&store::load_held(snapshot).await?, report),
            sealing: app.keys.in_use(snapshot.conn()).await?,
        })
    }
}

/// Everything that is stored of one application, as far as the rules look at it.
struct Facts<'a> {
    application: &'a application::Model,
    exception: Option<&'a class_exception::Model>,
    /// The prefix of its body's references.
    prefix: Option<&'a str>,
    is_member: bool,
    known: Option<&'a KnownTerms>,
    employer: Option<&'a entity::employer::Model>,
    worker: Option<&'a entity::worker::Model>,
    /// What it is found by.
    words: &'a [application_word::Model],
    fingerprints: &'a [worker_fingerprint::Model],
    /// The keys in use.
    sealing: &'a Sealing,
    findings: &'a [assessment::Model],
    rounds: &'a [assessment_round::Model],
    evidence: &'a [store::EvidenceOwner],
    /// Declared with its employer.
    conflicts: &'a [conflict::Model],
    entry: Option<&'a queue_entry::Model>,
    place: Option<&'a place::Model>,
    events: &'a [store::Tally],
    /// The row of its body's own system that it was taken in from.
    imported: Option<&'a imported_row::Model>,
}

impl Facts<'_> {
    /// How people name the application.
    fn name(&self) -> &str {
        &self.application.reference
    }

    /// The record of the current round.
    fn current_round(&self) -> Option<&assessment_round::Model> {
        self.rounds.iter().find(|round| round.round == self.application.round)
    }
}

async fn examine_applications(
    app: &App,
    snapshot: &Snapshot,
    frame: &Frame,
    report: &mut Report,
) -> Found<()> {
    let mut after = None;
    let mut seen = HashSet::new();
    loop {
        let batch = store::load_batch(snapshot, after).await?;
        for application in &batch.applications {
            let facts = batch.facts(application, frame);
            seen.extend(facts.place.map(|place| place.id));
            case::examine(&facts, report);
            rounds::examine(&facts, report);
            places::examine(&facts, report);
            if let Some(at) = facts.application.purged_at {
                purged::examine(&facts, at, report);
            } else {
                worker::examine(&app.keys, &facts, report);
                words::examine(&facts, report);
            }
        }
        match batch.last {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    for place in frame.held.values().filter(|place| !seen.contains(&place.id)) {
        let about = places::name(frame.exceptions.get(&place.exception_id), place);
        report.tell(Rule::PlaceAgrees, about, "it is held by an application that is not there");
    }
    Ok(())
}
