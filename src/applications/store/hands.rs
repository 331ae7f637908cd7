//! In whose hands applications are: taken, given, handed over, put back into the queue.

use entity::{
    ApplicationId, ApplicationStatus, BodyId, ExceptionId, PersonId, StaffRole, TurnBackKind, application,
    assessment, assessment_round, conflict, membership, turn_back,
};
use sea_orm::sea_query::{
    Condition, Expr, ExprTrait, IntoCondition, LockBehavior, LockType, Query, SelectStatement,
};
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::{is_not_found, stands_in};
use crate::db::Tx;
use crate::error::{Fault, Found};
use crate::people::store as people;
use crate::tenancy::BodyScope;

/// States in which an application is in somebody's hands.
pub const IN_HANDS: [ApplicationStatus; 2] =
    [ApplicationStatus::InAssessment, ApplicationStatus::InformationRequested];

/// States in which an application may wait for an assessor, new or reconsidered.
const TO_TAKE: [ApplicationStatus; 2] = [ApplicationStatus::Submitted, ApplicationStatus::InAssessment];

/// The next application that waits for an assessor, in the order of submission, passing over those that others are
/// taking right now, those of which nothing is left, those of employers that the viewer has a conflict with, and those in
/// whose earlier rounds the viewer took part.
///
/// # Errors
/// Where the database does not answer.
pub async fn claim_next(
    tx: &Tx,
    scope: &BodyScope,
    exception: ExceptionId,
    roles: &[String],
) -> Found<Option<application::Model>> {
    let conflicts = Query::select()
        .column(conflict::Column::EmployerId)
        .from(conflict::Entity)
        .and_where(conflict::Column::PersonId.eq(scope.person()))
        .to_owned();
    let mut select = application::Entity::find()
        .filter(application::Column::BodyId.eq(scope.body()))
        .filter(application::Column::ExceptionId.eq(exception))
        .filter(stands_in(TO_TAKE))
        .filter(application::Column::AssessorId.is_null())
        .filter(application::Column::HoldReason.is_null())
        .filter(application::Column::PurgedAt.is_null())
        .filter(application::Column::EmployerId.not_in_subquery(conflicts))
        .filter(took_no_part_before(scope.person()))
        .order_by_asc(application::Column::SubmittedAt)
        .order_by_asc(application::Column::Id)
        .limit(1);
    if !roles.is_empty() {
        select = select.filter(application::Column::RoleCode.is_in(roles));
    }
    Ok(unless_held(tx, select).one(tx.conn()).await?)
}

/// Where a person neither assessed, advised nor decided in an earlier round, nor turned it back. Whoever began a round
/// anew by reconsidering took no part in the one before.
fn took_no_part_before(person: PersonId) -> Condition {
    let parts = [
        part_in(
            assessment::Entity,
            [assessment::Column::ApplicationId, assessment::Column::Round],
            assessment::Column::AssessorId.eq(person).into_condition(),
        ),
        part_in(
            assessment_round::Entity,
            [assessment_round::Column::ApplicationId, assessment_round::Column::Round],
            Condition::any()
                .add(assessment_round::Column::AdvisedBy.eq(person))
                .add(assessment_round::Column::DecidedBy.eq(person)),
        ),
        part_in(
            turn_back::Entity,
            [turn_back::Column::ApplicationId, turn_back::Column::Round],
            Condition::all().add(turn_back::Column::Kind.ne(TurnBackKind::Reconsidered)).add(
                Condition::any()
                    .add(turn_back::Column::TurnedBy.eq(person))
                    .add(turn_back::Column::AdvisedBy.eq(person)),
            ),
        ),
    ];
    let none = parts.into_iter().fold(Condition::all(), |none, part| none.add(is_not_found(part)));
    Condition::any().add(application::Column::Round.eq(1)).add(none)
}

/// One row of a person's part in an earlier round of the application at hand.
fn part_in<E: EntityTrait>(entity: E, [id, round]: [E::Column; 2], by: Condition) -> SelectStatement {
    Query::select()
        .from(entity)
        .and_where(Expr::col((entity, id)).equals((application::Entity, application::Column::Id)))
        .and_where(
            Expr::col((entity, round)).lt(Expr::col((application::Entity, application::Column::Round))),
        )
        .cond_where(by)
        .to_owned()
}

/// Puts applications that are held into somebody's hands, or into nobody's.
///
/// # Errors
/// A race where one of them is not there.
pub async fn save_hands(
    tx: &Tx,
    ids: &[ApplicationId],
    status: ApplicationStatus,
    assessor: Option<PersonId>,
) -> Found<()> {
    use application::Column;
    let saved = application::Entity::update_many()
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::AssessorId, Expr::value(assessor))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(tx.conn())
        .await?;
    let all = u64::try_from(ids.len()).is_ok_and(|count| count == saved.rows_affected);
    if all { Ok(()) } else { Err(Fault::Race("an application is gone")) }
}

/// Whether a person may be given applications of the body: one of its assessors or leads.
///
/// # Errors
/// Where the database does not answer.
pub async fn assesses_for(tx: &Tx, body: BodyId, person: PersonId) -> Found<bool> {
    let select = membership::Entity::find()
        .filter(membership::Column::BodyId.eq(body))
        .filter(membership::Column::PersonId.eq(person))
        .filter(membership::Column::Role.is_in([StaffRole::Assessor, StaffRole::Lead]))
        .filter(people::goes_on(tx.now()));
    Ok(select.one(tx.conn()).await?.is_some())
}

/// The applications of the body that somebody assesses, in the order in which they were made.
///
/// # Errors
/// Where the database does not answer.
pub async fn in_hands_of(tx: &Tx, scope: &BodyScope, person: PersonId) -> Found<Vec<ApplicationId>> {
    let select = application::Entity::find()
        .select_only()
        .column(application::Column::Id)
        .filter(application::Column::BodyId.eq(scope.body()))
        .filter(application::Column::AssessorId.eq(person))
        .filter(stands_in(IN_HANDS))
        .order_by_asc(application::Column::Id);
    Ok(select.into_tuple().all(tx.conn()).await?)
}

/// Applications in the hands of people whose access to the body has ended, but those that others are at work on right now,
/// held from now on; in the order in which they were made.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_left(tx: &Tx, most: u64) -> Found<Vec<application::Model>> {
    let of = |column| Expr::col((membership::Entity, column));
    let here = |column| (application::Entity, column);
    let goes_on = Query::select()
        .expr(Expr::val(1))
        .from(membership::Entity)
        .and_where(of(membership::Column::PersonId).equals(here(application::Column::AssessorId)))
        .and_where(of(membership::Column::BodyId).equals(here(application::Column::BodyId)))
        .cond_where(people::goes_on(tx.now()))
        .to_owned();
    let select = application::Entity::find()
        .filter(application::Column::AssessorId.is_not_null())
        .filter(stands_in(IN_HANDS))
        .filter(is_not_found(goes_on))
        .order_by_asc(application::Column::Id)
        .limit(most);
    Ok(unless_held(tx, select).all(tx.conn()).await?)
}

fn unless_held(tx: &Tx, select: Select<application::Entity>) -> Select<application::Entity> {
    match tx.backend() {
        DbBackend::Postgres => select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked),
        _ => select,
    }
}
