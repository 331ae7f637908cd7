//! What is to be noticed about applications, as conditions of a query. They say what `rules::flags_of` says of one
//! application; a test holds the two against each other.
//!
//! A flag is told by few rows of other tables, so each condition looks for one such row by an index.

use chrono::{DateTime, Utc};
use entity::{
    ApplicationId, ApplicationStatus, EvidenceKind, ExceptionId, InformationRequestStatus, application,
    conflict, evidence, information_request, worker, worker_twin,
};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::applications::rules::{
    Flag, awaits_decision, is_undecided, is_with_the_body, is_with_the_employer, lacks_notice,
};
use crate::clock::day_in_new_zealand;
use crate::error::Found;
use crate::exceptions::definition::{CriterionKind, Terms};
use crate::exceptions::store::{self as exceptions, Shelf};
use crate::tenancy::{BodyScope, CaseloadScope};

use super::caseload::due_or_never;
use super::{is_found, is_not_found, stands_in};

/// Flags that have to stand, all of them, and what they are told by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flagged {
    flags: Vec<Flag>,
    now: DateTime<Utc>,
    asked: Vec<Asked>,
}

/// The evidence that some revisions of a class exception's terms ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    exception: ExceptionId,
    revisions: Vec<i32>,
    /// Whether the current revision is among them: what the employer is writing is held against that.
    is_current: bool,
    /// By code of the criterion, the kinds of evidence that show it.
    criteria: Vec<(String, Vec<EvidenceKind>)>,
}

impl Flagged {
    /// These flags at an instant, with the terms that they need: under one class exception, or under all.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn load(
        conn: &impl ConnectionTrait,
        shelf: &Shelf,
        flags: Vec<Flag>,
        exception: Option<ExceptionId>,
        now: DateTime<Utc>,
    ) -> Found<Self> {
        let mut asked = Vec::new();
        if flags.contains(&Flag::EvidenceMissing) {
            let rows = match exception {
                Some(id) => exceptions::load_by_ids(conn, &[id]).await?,
                None => exceptions::load_all(conn).await?,
            };
            for row in rows {
                for revision in 1..=row.revision {
                    // From memory: a query only where nobody has asked for this revision before.
                    let known = shelf.terms(conn, row.id, revision).await?;
                    add(&mut asked, row.id, revision, revision == row.revision, &known.terms);
                }
            }
        }
        Ok(Self { flags, now, asked })
    }

    /// Where all of them stand, for a viewer. One that is the body's alone stands on nothing for an employer.
    pub(super) fn stand(&self, scope: &CaseloadScope) -> Condition {
        let flags = self.flags.iter();
        flags.fold(Condition::all(), |all, flag| all.add(self.stands(*flag, scope)))
    }

    fn stands(&self, flag: Flag, scope: &CaseloadScope) -> Condition {
        let by_employer = matches!(scope, CaseloadScope::Employers(_));
        if by_employer && flag.is_the_bodys_alone() {
            return nothing();
        }
        match flag {
            Flag::Overdue => in_states(awaits_decision).add(due_or_never().lte(self.now)),
            Flag::PossibleDuplicate => in_states(is_with_the_body).add(is_found(twin())),
            Flag::OnHold => Condition::all().add(application::Column::HoldReason.is_not_null()),
            Flag::Priority => Condition::all().add(application::Column::Priority.eq(true)),
            Flag::ConflictDeclared => conflicted(scope),
            Flag::EvidenceMissing => in_states(is_undecided).add(self.lacks_evidence(by_employer)),
            Flag::EvidenceExpired => in_states(is_undecided).add(self.has_expired_evidence()),
            Flag::QuestionExpired => in_states(is_undecided).add(expired_question()),
            Flag::WorkerNotTold if !lacks_notice(None, day_in_new_zealand(self.now)) => nothing(),
            Flag::WorkerNotTold => in_states(is_with_the_body).add(is_found(untold_worker())),
        }
    }

    fn lacks_evidence(&self, by_employer: bool) -> Condition {
        any_of(self.asked.iter().map(|asked| asked.lacking(by_employer)))
    }

    fn has_expired_evidence(&self) -> Condition {
        let expired = || evidence::Column::ExpiresOn.lt(day_in_new_zealand(self.now));
        let [own, employers] = records(|_| Condition::all().add(expired()));
        Condition::any().add(is_found(own)).add(is_found(employers))
    }
}

/// Adds what a revision asks for; revisions that ask for the same are one.
fn add(asked: &mut Vec<Asked>, exception: ExceptionId, revision: i32, is_current: bool, terms: &Terms) {
    let criteria = terms.criteria.iter().filter(|one| one.kind == CriterionKind::Evidence);
    let criteria: Vec<_> = criteria.map(|one| (one.code.clone(), one.shown_by.clone())).collect();
    match asked.iter_mut().find(|one| one.exception == exception && one.criteria == criteria) {
        Some(same) => {
            same.revisions.push(revision);
            same.is_current |= is_current;
        }
        None => asked.push(Asked { exception, revisions: vec![revision], is_current, criteria }),
    }
}

impl Asked {
    /// Those without a decision that are held against these terms and lack a record for one of the criteria.
    fn lacking(&self, by_employer: bool) -> Condition {
        let submitted_under = application::Column::TermsRevision.is_in(self.revisions.iter().copied());
        let mut held = Condition::any().add(in_states(awaits_decision).add(submitted_under));
        if self.is_current {
            held = held.add(in_states(is_with_the_employer));
        }
        let lacking = any_of(self.criteria.iter().map(|criterion| {
            let [own, employers] = records(|is_own| shows(criterion).add(counts(by_employer, is_own)));
            Condition::all().add(is_not_found(own)).add(is_not_found(employers))
        }));
        Condition::all().add(application::Column::ExceptionId.eq(self.exception)).add(held).add(lacking)
    }
}

/// The records that are for a criterion: they say so, or their kind does.
fn shows((code, kinds): &(String, Vec<EvidenceKind>)) -> Condition {
    use evidence::Column;
    let by_kind =
        Condition::all().add(Column::Criterion.is_null()).add(Column::Kind.is_in(kinds.iter().copied()));
    Condition::all().add(Condition::any().add(Column::Criterion.eq(code.as_str())).add(by_kind))
}

/// The records that count, as far as the viewer may know; see `rules::as_the_employer_knows`.
fn counts(by_employer: bool, is_own: bool) -> Condition {
    use evidence::Column;
    let unrefuted = Condition::any().add(Column::Genuine.is_null()).add(Column::Genuine.eq(true));
    match (by_employer, is_own) {
        (false, _) => unrefuted,
        (true, true) => unrefuted.add(in_states(|status| !is_with_the_employer(status))),
        (true, false) => Condition::all(),
    }
}

/// The records of the application at hand, and those that are its employer's at the same body; each further narrowed.
fn records(narrowed: impl Fn(bool) -> Condition) -> [SelectStatement; 2] {
    use evidence::Column;
    let of = |column: Column, application: application::Column| {
        Expr::col((evidence::Entity, column)).equals((application::Entity, application))
    };
    let own = Condition::all().add(of(Column::ApplicationId, application::Column::Id));
    let employers = Condition::all()
        .add(Column::ApplicationId.is_null())
        .add(of(Column::BodyId, application::Column::BodyId))
        .add(of(Column::EmployerId, application::Column::EmployerId));
    [(own, true), (employers, false)].map(|(records, is_own)| {
        let mut select = Query::select();
        select.from(evidence::Entity).cond_where(records.add(narrowed(is_own))).to_owned()
    })
}

/// Another live application under the same class exception for the worker of the application at hand, to whichever body,
/// that people have not told apart from it: the one read across tenants of somebody who looks. Nothing of it is told but
/// that there is one, and the view tells it of a body's own applications alone.
fn twin() -> SelectStatement {
    use worker_twin::{Column, Entity};
    Query::select()
        .from(Entity)
        .and_where(
            Expr::col((Entity, Column::ApplicationId)).equals((application::Entity, application::Column::Id)),
        )
        .and_where(Expr::col((Entity, Column::Status)).is_in(states(is_with_the_body)))
        .to_owned()
}

/// A question of the current round whose last day passed without an answer. Its state is written out, since the index
/// has only those.
fn expired_question() -> Expr {
    use information_request::{Column, Entity};
    let expired = Expr::Constant(InformationRequestStatus::Expired.word().into());
    let questions = Query::select()
        .columns([(Entity, Column::BodyId), (Entity, Column::ApplicationId), (Entity, Column::Round)])
        .from(Entity)
        .and_where(Expr::col((Entity, Column::Status)).eq(expired))
        .to_owned();
    let own = [application::Column::BodyId, application::Column::Id, application::Column::Round];
    Expr::tuple(own.map(|column| Expr::col((application::Entity, column)))).in_subquery(questions)
}

/// The worker of the application at hand, where nobody has put on record when the worker was told.
fn untold_worker() -> SelectStatement {
    use worker::{Column, Entity};
    Query::select()
        .from(Entity)
        .and_where(
            Expr::col((Entity, Column::ApplicationId)).equals((application::Entity, application::Column::Id)),
        )
        .and_where(Expr::col((Entity, Column::ToldOn)).is_null())
        .to_owned()
}

fn conflicted(scope: &CaseloadScope) -> Condition {
    let CaseloadScope::Body(scope) = scope else { return nothing() };
    let employers = Query::select()
        .column(conflict::Column::EmployerId)
        .from(conflict::Entity)
        .and_where(conflict::Column::BodyId.eq(scope.body()))
        .to_owned();
    Condition::all().add(application::Column::EmployerId.in_subquery(employers))
}

/// What holds for no application.
fn nothing() -> Condition {
    Condition::all().add(Expr::cust("1 = 0"))
}

fn states(there: impl Fn(ApplicationStatus) -> bool) -> impl Iterator<Item = ApplicationStatus> {
    ApplicationStatus::all().into_iter().filter(move |status| there(*status))
}

fn in_states(there: impl Fn(ApplicationStatus) -> bool) -> Condition {
    Condition::all().add(stands_in(states(there)))
}

/// Those that one of these holds for.
fn any_of(conditions: impl IntoIterator<Item = Condition>) -> Condition {
    conditions.into_iter().fold(Condition::any().add(nothing()), Condition::add)
}

/// Those of the body's applications whose worker has another live one under the same class exception.
///
/// # Errors
/// Where the database does not answer.
pub async fn with_a_twin(
    conn: &impl ConnectionTrait,
    scope: &BodyScope,
    ids: &[ApplicationId],
) -> Found<Vec<ApplicationId>> {
    let scope = CaseloadScope::Body(scope.clone());
    those(conn, &scope, ids, is_found(twin())).await
}

/// Those of the viewer's applications that have a question of the current round without an answer in time.
///
/// # Errors
/// Where the database does not answer.
pub async fn with_an_expired_question(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    ids: &[ApplicationId],
) -> Found<Vec<ApplicationId>> {
    those(conn, scope, ids, expired_question()).await
}

async fn those(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    ids: &[ApplicationId],
    are: Expr,
) -> Found<Vec<ApplicationId>> {
    let select = application::Entity::find()
        .select_only()
        .column(application::Column::Id)
        .filter(application::Column::Id.is_in(ids.iter().copied()))
        .filter(super::own(scope))
        .filter(are);
    Ok(select.into_tuple().all(conn).await?)
}
