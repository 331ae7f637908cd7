//! What the rules need of applications that are held, loaded for all of them at once.

use std::collections::{BTreeSet, HashMap};

use entity::{
    ApplicationId, PersonId, application, assessment, assessment_round, class_exception, conflict, evidence,
    turn_back,
};

use super::Opened;
use crate::app::App;
use crate::applications::rules::{Case, Hand, Records, Standing, is_with_the_employer, verifiers};
use crate::applications::store::{case, evidence as records, standing};
use crate::db::Tx;
use crate::error::{Fault, Found};
use crate::exceptions::store as exceptions;
use crate::tenancy::CaseloadScope;

/// Gathers what the rules need of an application that is held.
pub(super) async fn gather(
    tx: &Tx,
    app: &App,
    scope: &CaseloadScope,
    application: application::Model,
) -> Found<Opened> {
    let facts = Facts::load(tx, scope, std::slice::from_ref(&application)).await?;
    facts.open(tx, app, application).await
}

/// Gathers what the rules need of applications that are held, in their order and in a fixed number of statements.
pub(super) async fn gather_all(
    tx: &Tx,
    app: &App,
    scope: &CaseloadScope,
    applications: Vec<application::Model>,
) -> Found<Vec<Opened>> {
    let facts = Facts::load(tx, scope, &applications).await?;
    let mut gathered = Vec::with_capacity(applications.len());
    for application in applications {
        gathered.push(facts.open(tx, app, application).await?);
    }
    Ok(gathered)
}

/// What stands beside applications.
struct Facts {
    hand: Hand,
    exceptions: Vec<class_exception::Model>,
    findings: Vec<assessment::Model>,
    rounds: Vec<assessment_round::Model>,
    turn_backs: Vec<turn_back::Model>,
    verified: Vec<evidence::Model>,
    conflicts: Vec<conflict::Model>,
    standings: HashMap<ApplicationId, Standing>,
}

impl Facts {
    async fn load(tx: &Tx, scope: &CaseloadScope, applications: &[application::Model]) -> Found<Self> {
        let hand = Hand::of(scope);
        let ids: Vec<_> = applications.iter().map(|one| one.id).collect();
        let exceptions = distinct(applications.iter().map(|one| one.exception_id));
        let exceptions = exceptions::load_by_ids(tx.conn(), &exceptions).await?;
        let findings = case::load_findings(tx, &ids).await?;
        let rounds = case::load_rounds(tx, &ids).await?;
        let turn_backs = standing::load_turn_backs(tx, &ids).await?;
        let verified = records::load_verified(tx, applications).await?;
        let superseded = applications.iter().filter_map(|one| one.supersedes_id);
        let holders: Vec<_> = distinct(ids.iter().copied().chain(superseded));
        let standings = standing::load_standings(tx.conn(), &holders).await?;
        let proposers = standings.values().filter_map(|one| one.amendment_by);
        let advisers = rounds.iter().map(|round| round.advised_by);
        let assessors = findings.iter().map(|finding| finding.assessor_id);
        let verifiers = verified.iter().filter_map(|record| record.verified_by);
        let in_hands = applications.iter().filter_map(|one| one.assessor_id);
        let people = advisers.chain(assessors).chain(verifiers).chain(in_hands);
        let people = people.chain(proposers).chain(hand.person());
        let people: Vec<PersonId> = distinct(people);
        let employers = distinct(applications.iter().map(|one| one.employer_id));
        let conflicts = case::load_conflicts(tx, &employers, &people).await?;
        Ok(Self { hand, exceptions, findings, rounds, turn_backs, verified, conflicts, standings })
    }

    /// One of the applications with its own. Terms are kept in memory, so no statement is made for those that this
    /// process has read.
    async fn open(&self, tx: &Tx, app: &App, application: application::Model) -> Found<Opened> {
        let exception = self.exceptions.iter().find(|one| one.id == application.exception_id).cloned();
        let exception = exception.ok_or_else(|| Fault::stored("class exception", "it is gone"))?;
        let known = app.shelf.terms(tx.conn(), exception.id, terms_of(&application, &exception)).await?;
        let findings = self.findings.iter().filter(|one| one.application_id == application.id);
        let findings: Vec<_> = findings.cloned().collect();
        let rounds = self.rounds.iter().filter(|one| one.application_id == application.id);
        let rounds: Vec<_> = rounds.cloned().collect();
        let conflicted = self.conflicts.iter().filter(|one| one.employer_id == application.employer_id);
        let conflicted: Vec<_> = conflicted.map(|one| one.person_id).collect();
        let turn_backs = self.turn_backs.iter().filter(|one| one.application_id == application.id);
        let turn_backs: Vec<_> = turn_backs.cloned().collect();
        let standing = |id| self.standings.get(&id).copied();
        let records = Records {
            application: &application,
            exception: &exception,
            findings: &findings,
            rounds: &rounds,
            turn_backs: &turn_backs,
            verifiers: &verifiers(&self.verified, &application),
            conflicted: &conflicted,
            standing: standing(application.id).unwrap_or_else(|| Standing::new(application.status)),
            replaces: application.supersedes_id.and_then(standing),
        };
        let case = Case::of(&records, self.hand.person(), tx.now());
        Ok(Opened { application, exception, known, findings, rounds, conflicted, case, hand: self.hand })
    }
}

/// The revision that an application is held against: today's while the employer writes it.
fn terms_of(application: &application::Model, exception: &class_exception::Model) -> i32 {
    if is_with_the_employer(application.status) { exception.revision } else { application.terms_revision }
}

fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.collect::<BTreeSet<_>>().into_iter().collect()
}
