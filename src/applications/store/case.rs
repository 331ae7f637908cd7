//! What an act decides on and what it saves: one application, held against other acts until the end.

use chrono::{DateTime, Utc};
use entity::{
    ApplicationId, ApplicationStatus, BodyId, EmployerId, PersonId, StaffRole, application, assessment,
    assessment_round, body, conflict, employer, membership, queue_entry, worker,
};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use super::words::save_words;
use crate::db::{Gate, Tx};
use crate::error::{Fault, Found};
use crate::people::store as people;
use crate::tenancy::{BodyScope, CaseloadScope, SystemScope};

/// Where an application may be held by who has the gate alone.
pub(crate) const UNDER_THE_GATE: [ApplicationStatus; 2] =
    [ApplicationStatus::Confirmed, ApplicationStatus::Nominated];

/// The application, held to the end of the transaction; none where the viewer's caseload has none of that id.
/// One that is CONFIRMED or NOMINATED is read and not held: those are held under the gate only.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_application(
    tx: &Tx,
    scope: &CaseloadScope,
    id: ApplicationId,
) -> Found<Option<application::Model>> {
    let select = application::Entity::find_by_id(id).filter(super::own(scope));
    let held = select.clone().filter(application::Column::Status.is_not_in(UNDER_THE_GATE));
    match locked(tx, held).one(tx.conn()).await? {
        Some(application) => Ok(Some(application)),
        None => Ok(select.one(tx.conn()).await?),
    }
}

/// The application as it stands, not held; none where the viewer's caseload has none of that id.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_application(
    tx: &Tx,
    scope: &CaseloadScope,
    id: ApplicationId,
) -> Found<Option<application::Model>> {
    Ok(application::Entity::find_by_id(id).filter(super::own(scope)).one(tx.conn()).await?)
}

/// The application, held to the end of the transaction; none, and nothing is held, where it has come to be one that is
/// held under the gate only. PostgreSQL keeps the lock on a row that it waited for and then passed over, hence the
/// savepoint.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_without_gate(
    tx: &Tx,
    scope: &CaseloadScope,
    id: ApplicationId,
) -> Found<Option<application::Model>> {
    lock_unless_gated(tx, application::Entity::find_by_id(id).filter(super::own(scope))).await
}

async fn lock_unless_gated(
    tx: &Tx,
    select: Select<application::Entity>,
) -> Found<Option<application::Model>> {
    let select = select.filter(application::Column::Status.is_not_in(UNDER_THE_GATE));
    let savepoint = tx.savepoint().await?;
    let found = locked(tx, select).one(tx.conn()).await?;
    if found.is_some() {
        savepoint.keep().await?;
    } else {
        savepoint.undo().await?;
    }
    Ok(found)
}

/// An application as it stands, whoever's it is, not held; for what the leads of its body have agreed to.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_across_tenants(tx: &Tx, id: ApplicationId) -> Found<Option<application::Model>> {
    Ok(application::Entity::find_by_id(id).one(tx.conn()).await?)
}

/// The same, held to the end of the transaction as [`lock_without_gate`] holds it.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_across_tenants(tx: &Tx, id: ApplicationId) -> Found<Option<application::Model>> {
    lock_unless_gated(tx, application::Entity::find_by_id(id)).await
}

/// The application, held to the end of the transaction by who has the gate; none where the viewer's caseload has none of
/// that id.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_under_gate(
    gate: &Gate<'_>,
    scope: &CaseloadScope,
    id: ApplicationId,
) -> Found<Option<application::Model>> {
    let select = application::Entity::find_by_id(id).filter(super::own(scope));
    Ok(locked(gate.tx(), select).one(gate.tx().conn()).await?)
}

/// An application whose employer is being asked, whoever's it is, held for the service's own clock; none where nothing is
/// asked any more.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_for_the_clock(
    tx: &Tx,
    _scope: &SystemScope,
    id: ApplicationId,
) -> Found<Option<application::Model>> {
    let select = application::Entity::find_by_id(id)
        .filter(application::Column::Status.eq(ApplicationStatus::InformationRequested));
    Ok(locked(tx, select).one(tx.conn()).await?)
}

/// The applications with these ids in the body's caseload, held, in order of id; as in [`lock_application`], those
/// that are CONFIRMED or NOMINATED are read and not held, or this could wait crosswise with whoever has the gate.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_applications(
    tx: &Tx,
    scope: &BodyScope,
    ids: &[ApplicationId],
) -> Found<Vec<application::Model>> {
    let select = application::Entity::find()
        .filter(super::own(&CaseloadScope::Body(scope.clone())))
        .filter(application::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(application::Column::Id);
    let held = select.clone().filter(application::Column::Status.is_not_in(UNDER_THE_GATE));
    let held = locked(tx, held).all(tx.conn()).await?;
    if held.len() == ids.len() {
        return Ok(held);
    }
    let known: Vec<ApplicationId> = held.iter().map(|one| one.id).collect();
    let others = select.filter(application::Column::Id.is_not_in(known)).all(tx.conn()).await?;
    Ok(held.into_iter().chain(others).collect())
}

/// The applications of one employer that a person of the body has in assessment, held, in order of id.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_in_the_hands_of(
    tx: &Tx,
    scope: &BodyScope,
    employer: EmployerId,
) -> Found<Vec<application::Model>> {
    let open = [
        ApplicationStatus::Submitted,
        ApplicationStatus::InAssessment,
        ApplicationStatus::InformationRequested,
    ];
    let select = application::Entity::find()
        .filter(application::Column::BodyId.eq(scope.body()))
        .filter(application::Column::EmployerId.eq(employer))
        .filter(application::Column::AssessorId.eq(scope.person()))
        .filter(application::Column::Status.is_in(open))
        .order_by_asc(application::Column::Id);
    Ok(locked(tx, select).all(tx.conn()).await?)
}

fn locked(tx: &Tx, select: Select<application::Entity>) -> Select<application::Entity> {
    if tx.backend() == DbBackend::Postgres { select.lock_exclusive() } else { select }
}

/// Saves an application that was changed, whatever was changed of it; `before` tells the version it was read at.
///
/// # Errors
/// A race where somebody was faster.
pub async fn save_application(
    tx: &Tx,
    before: i32,
    application: application::Model,
) -> Found<application::Model> {
    let id = application.id;
    let changed = application.clone().into_active_model().reset_all();
    let saved = application::Entity::update_many()
        .set(changed)
        .filter(application::Column::Id.eq(id))
        .filter(application::Column::Version.eq(before))
        .exec(tx.conn())
        .await?;
    if saved.rows_affected == 1 { Ok(application) } else { Err(Fault::Race("the application changed")) }
}

/// Moves the number that keys caches, for a change below the application.
///
/// # Errors
/// Where the database refuses.
pub async fn touch(tx: &Tx, id: ApplicationId) -> Found<()> {
    application::Entity::update_many()
        .col_expr(application::Column::Revision, Expr::col(application::Column::Revision).add(1))
        .filter(application::Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Moves the number that keys caches of applications of whichever body: for who holds the gate and changes what is said
/// of them.
///
/// # Errors
/// Where the database refuses.
pub async fn touch_across_tenants(gate: &Gate<'_>, ids: &[ApplicationId]) -> Found<()> {
    application::Entity::update_many()
        .col_expr(application::Column::Revision, Expr::col(application::Column::Revision).add(1))
        .filter(application::Column::ExceptionId.eq(gate.exception()))
        .filter(application::Column::Id.is_in(ids.iter().copied()))
        .exec(gate.tx().conn())
        .await?;
    Ok(())
}

/// Adds an application with its worker and the words that it is found by.
///
/// # Errors
/// Where the database refuses; a unique violation where the reference is taken.
pub async fn insert(tx: &Tx, application: application::Model, worker: worker::Model) -> Found<()> {
    let row = application.clone().into_active_model();
    application::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    worker::Entity::insert(worker.into_active_model()).exec_without_returning(tx.conn()).await?;
    save_words(tx, &application).await
}

/// Keeps how long the decisions on applications took, for those that are there from before it was kept.
///
/// # Errors
/// Where the database refuses.
pub async fn save_days_to_decision(tx: &Tx, ids: &[ApplicationId], days: i32) -> Found<()> {
    application::Entity::update_many()
        .col_expr(application::Column::DaysToDecision, Expr::value(days))
        .filter(application::Column::Id.is_in(ids.iter().copied()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Keeps by when the body decides, for an application from before that was kept.
///
/// # Errors
/// Where the database refuses.
pub async fn save_due_at(tx: &Tx, id: ApplicationId, due_at: Option<DateTime<Utc>>) -> Found<()> {
    application::Entity::update_many()
        .col_expr(application::Column::DueAt, Expr::value(due_at))
        .filter(application::Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Whether a reference is taken, by whichever employer's application.
///
/// # Errors
/// Where the database does not answer.
pub async fn reference_is_taken(tx: &Tx, reference: &str) -> Found<bool> {
    let select = application::Entity::find().filter(application::Column::Reference.eq(reference));
    let across = tx.across_tenants().await?;
    let taken = select.one(tx.conn()).await?.is_some();
    across.end().await?;
    Ok(taken)
}

/// The worker of an application that was loaded in this transaction.
///
/// # Errors
/// A fault where there is none.
pub async fn load_worker(tx: &Tx, application: &application::Model) -> Found<worker::Model> {
    let worker = worker::Entity::find_by_id(application.id).one(tx.conn()).await?;
    worker.ok_or_else(|| Fault::stored("worker", "the application has none"))
}

/// Saves a worker that was changed.
///
/// # Errors
/// Where the database refuses.
pub async fn save_worker(tx: &Tx, worker: worker::Model) -> Found<()> {
    worker.into_active_model().reset_all().update(tx.conn()).await?;
    Ok(())
}

/// The findings on applications in all rounds.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_findings(tx: &Tx, applications: &[ApplicationId]) -> Found<Vec<assessment::Model>> {
    let select = assessment::Entity::find()
        .filter(assessment::Column::ApplicationId.is_in(applications.iter().copied()))
        .order_by_asc(assessment::Column::Round)
        .order_by_asc(assessment::Column::Criterion);
    Ok(select.all(tx.conn()).await?)
}

/// Saves a finding in place of the same person's before it in the same round; a colleague's stays on record.
///
/// # Errors
/// Where the database refuses.
pub async fn save_finding(tx: &Tx, finding: assessment::Model) -> Found<()> {
    use assessment::Column;
    assessment::Entity::insert(finding.into_active_model())
        .on_conflict(
            OnConflict::columns([
                Column::ApplicationId,
                Column::Round,
                Column::Criterion,
                Column::AssessorId,
            ])
            .update_columns([Column::Outcome, Column::Note, Column::Turn, Column::At])
            .to_owned(),
        )
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// The rounds of applications, the current one of each last; a round stands here from its advice on.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_rounds(tx: &Tx, applications: &[ApplicationId]) -> Found<Vec<assessment_round::Model>> {
    let select = assessment_round::Entity::find()
        .filter(assessment_round::Column::ApplicationId.is_in(applications.iter().copied()))
        .order_by_asc(assessment_round::Column::Round);
    Ok(select.all(tx.conn()).await?)
}

/// Adds the advice that begins a round's record.
///
/// # Errors
/// Where the database refuses.
pub async fn insert_round(tx: &Tx, round: assessment_round::Model) -> Found<()> {
    assessment_round::Entity::insert(round.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Takes a round's record away whose advice was sent back; what it said is kept with that.
///
/// # Errors
/// Where the database refuses.
pub async fn delete_round(tx: &Tx, round: &assessment_round::Model) -> Found<()> {
    assessment_round::Entity::delete_by_id((round.application_id, round.round)).exec(tx.conn()).await?;
    Ok(())
}

/// The body of an application that was loaded in this transaction.
///
/// # Errors
/// A fault where there is none.
pub async fn load_body(tx: &Tx, application: &application::Model) -> Found<body::Model> {
    let found = body::Entity::find_by_id(application.body_id).one(tx.conn()).await?;
    found.ok_or_else(|| Fault::stored("body", "an application names it and it is gone"))
}

/// Saves a round whose decision was made. The database refuses a decision by the adviser.
///
/// # Errors
/// Where the database refuses.
pub async fn save_round(tx: &Tx, round: assessment_round::Model) -> Found<()> {
    round.into_active_model().reset_all().update(tx.conn()).await?;
    Ok(())
}

/// Which of these people have declared a conflict with the employer.
///
/// # Errors
/// Where the database does not answer.
pub async fn conflicted(tx: &Tx, employer: EmployerId, people: &[PersonId]) -> Found<Vec<PersonId>> {
    let select = conflict::Entity::find()
        .select_only()
        .column(conflict::Column::PersonId)
        .filter(conflict::Column::EmployerId.eq(employer))
        .filter(conflict::Column::PersonId.is_in(people.iter().copied()));
    Ok(select.into_tuple().all(tx.conn()).await?)
}

/// Whether somebody of a body has declared a conflict with the employer of one of these applications of the body. Of another
/// body's application nothing is told, not even that its employer is one of these.
///
/// # Errors
/// Where the database does not answer.
pub async fn has_conflict(tx: &Tx, scope: &BodyScope, applications: &[ApplicationId]) -> Found<bool> {
    let employers = Query::select()
        .column(application::Column::EmployerId)
        .from(application::Entity)
        .and_where(application::Column::BodyId.eq(scope.body()))
        .and_where(application::Column::Id.is_in(applications.iter().copied()))
        .to_owned();
    let select = conflict::Entity::find()
        .filter(conflict::Column::PersonId.eq(scope.person()))
        .filter(conflict::Column::EmployerId.in_subquery(employers));
    Ok(select.one(tx.conn()).await?.is_some())
}

/// The conflicts that these people have declared with these employers.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_conflicts(
    tx: &Tx,
    employers: &[EmployerId],
    people: &[PersonId],
) -> Found<Vec<conflict::Model>> {
    let select = conflict::Entity::find()
        .filter(conflict::Column::EmployerId.is_in(employers.iter().copied()))
        .filter(conflict::Column::PersonId.is_in(people.iter().copied()));
    Ok(select.all(tx.conn()).await?)
}

/// Keeps a declared conflict; one that was declared before stays as it was.
///
/// # Errors
/// Where the database refuses.
pub async fn save_conflict(tx: &Tx, row: conflict::Model) -> Found<()> {
    use conflict::Column;
    conflict::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::columns([Column::PersonId, Column::EmployerId]).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// The employer with this NZBN.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_employer(tx: &Tx, nzbn: &str) -> Found<Option<employer::Model>> {
    Ok(employer::Entity::find().filter(employer::Column::Nzbn.eq(nzbn)).one(tx.conn()).await?)
}

/// How many leads a body has.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_leads(tx: &Tx, body: BodyId) -> Found<u64> {
    use sea_orm::PaginatorTrait;
    let select = membership::Entity::find()
        .filter(membership::Column::BodyId.eq(body))
        .filter(membership::Column::Role.eq(StaffRole::Lead))
        .filter(people::goes_on(tx.now()));
    Ok(select.count(tx.conn()).await?)
}

/// The applications with these ids, of whichever body, held: for who holds the gate and changes what they hold or wait
/// for. Beside it, only the service's own clock and its filling in read across tenants.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_across_tenants(gate: &Gate<'_>, ids: &[ApplicationId]) -> Found<Vec<application::Model>> {
    let select = application::Entity::find()
        .filter(application::Column::ExceptionId.eq(gate.exception()))
        .filter(application::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(application::Column::Id);
    Ok(locked(gate.tx(), select).all(gate.tx().conn()).await?)
}

/// The ballot entries of everybody who waits in the queue, whichever body's they are.
///
/// # Errors
/// Where the database does not answer.
pub async fn ballot_entries_in_queue(gate: &Gate<'_>) -> Found<Vec<(ApplicationId, String)>> {
    let waiting = Query::select()
        .column(queue_entry::Column::ApplicationId)
        .from(queue_entry::Entity)
        .and_where(queue_entry::Column::ExceptionId.eq(gate.exception()))
        .to_owned();
    let select = application::Entity::find()
        .select_only()
        .columns([application::Column::Id, application::Column::BallotEntry])
        .filter(application::Column::Id.in_subquery(waiting))
        .filter(application::Column::BallotEntry.is_not_null());
    Ok(select.into_tuple().all(gate.tx().conn()).await?)
}
