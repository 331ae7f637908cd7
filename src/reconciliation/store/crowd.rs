//! Live applications in the order of what they could match by, a stretch at a time, to find again who may be one worker.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    ApplicationId, ApplicationStatus, BodyId, ExceptionId, application, told_apart, worker,
    worker_fingerprint,
};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef,
};

use crate::applications::rules::is_with_the_body;
use crate::applications::store::twins::{folded_name, matched_by_name};
use crate::error::Found;
use crate::reconciliation::rules::Person;

/// Rows that are read at once.
const AT_ONCE: u64 = 1_000;

/// Where a stretch ended: what the last was matched by, and its id.
pub type Reached<K> = Option<(K, ApplicationId)>;

#[derive(Debug, FromQueryResult)]
struct Printed {
    application_id: ApplicationId,
    body_id: BodyId,
    submitted_at: Option<DateTime<Utc>>,
    fingerprint: String,
    key_version: i32,
}

/// The next stretch of live applications in order of their workers' passports, and where it ended; none at the end.
///
/// # Errors
/// Where the database does not answer.
pub async fn by_passport(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
    after: &Reached<(i32, String)>,
) -> Found<(Vec<Person>, Reached<(i32, String)>)> {
    use worker_fingerprint::Column;
    let mut select = worker_fingerprint::Entity::find()
        .select_only()
        .columns([Column::ApplicationId, Column::Fingerprint, Column::KeyVersion])
        .join(JoinType::InnerJoin, to_application::<worker_fingerprint::Entity>(Column::ApplicationId))
        .columns([application::Column::BodyId, application::Column::SubmittedAt])
        .filter(Column::ExceptionId.eq(exception))
        .filter(Column::KeyVersion.in_subquery(complete(exception)))
        .filter(application::Column::Status.is_in(live()));
    let of = |column: Column| Expr::col((worker_fingerprint::Entity, column));
    if let Some(((version, print), id)) = after {
        let key = [of(Column::KeyVersion), of(Column::Fingerprint), of(Column::ApplicationId)];
        let from = [Expr::val(*version), Expr::val(print.as_str()), Expr::val(*id)];
        select = select.filter(Expr::tuple(key).gt(Expr::tuple(from)));
    }
    let rows: Vec<Printed> = select
        .order_by_asc(Column::KeyVersion)
        .order_by_asc(Column::Fingerprint)
        .order_by_asc(Column::ApplicationId)
        .limit(AT_ONCE)
        .into_model()
        .all(conn)
        .await?;
    let reached = rows.last().map(|row| ((row.key_version, row.fingerprint.clone()), row.application_id));
    let person = |row: Printed| Person {
        application: row.application_id,
        body: row.body_id,
        submitted_at: row.submitted_at,
        matched: row.fingerprint,
    };
    Ok((rows.into_iter().map(person).collect(), reached))
}

#[derive(Debug, FromQueryResult)]
struct Born {
    application_id: ApplicationId,
    body_id: BodyId,
    submitted_at: Option<DateTime<Utc>>,
    family_name: String,
    given_names: String,
    date_of_birth: NaiveDate,
}

/// The next stretch of live applications in order of their workers' dates of birth, and where it ended; none at the end.
/// Those of one day are in no order by name.
///
/// # Errors
/// Where the database does not answer.
pub async fn by_birth(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
    after: &Reached<NaiveDate>,
) -> Found<(Vec<(NaiveDate, Person)>, Reached<NaiveDate>)> {
    use worker::Column;
    let mut select = worker::Entity::find()
        .select_only()
        .columns([Column::ApplicationId, Column::FamilyName, Column::GivenNames, Column::DateOfBirth])
        .join(JoinType::InnerJoin, to_application::<worker::Entity>(Column::ApplicationId))
        .columns([application::Column::BodyId, application::Column::SubmittedAt])
        .filter(application::Column::ExceptionId.eq(exception))
        .filter(application::Column::Status.is_in(live()));
    let of = |column: Column| Expr::col((worker::Entity, column));
    if let Some((day, id)) = after {
        let key = [of(Column::DateOfBirth), of(Column::ApplicationId)];
        select = select.filter(Expr::tuple(key).gt(Expr::tuple([Expr::val(*day), Expr::val(*id)])));
    }
    let rows: Vec<Born> = select
        .order_by_asc(Column::DateOfBirth)
        .order_by_asc(Column::ApplicationId)
        .limit(AT_ONCE)
        .into_model()
        .all(conn)
        .await?;
    let reached = rows.last().map(|row| (row.date_of_birth, row.application_id));
    let person = |row: Born| {
        let name = folded_name(&row.family_name, &row.given_names);
        let (application, body, submitted_at) = (row.application_id, row.body_id, row.submitted_at);
        let matched = matched_by_name(&name, row.date_of_birth);
        (row.date_of_birth, Person { application, body, submitted_at, matched })
    };
    Ok((rows.into_iter().map(person).collect(), reached))
}

/// The pairs of these applications that people have told apart, with what they matched by then.
///
/// # Errors
/// Where the database does not answer.
pub async fn told_apart(
    conn: &impl ConnectionTrait,
    of: &[ApplicationId],
) -> Found<Vec<(ApplicationId, ApplicationId, String)>> {
    use told_apart::Column;
    let mut all = Vec::new();
    for ids in of.chunks(500) {
        let select = told_apart::Entity::find()
            .select_only()
            .columns([Column::ApplicationId, Column::OtherId, Column::Matched])
            .filter(Column::ApplicationId.is_in(ids.iter().copied()));
        let rows: Vec<(ApplicationId, ApplicationId, String)> = select.into_tuple().all(conn).await?;
        all.extend(rows);
    }
    Ok(all)
}

/// The oldest key that there are fingerprints of: every worker has one of it, while those of a newer one are filled in.
fn complete(exception: ExceptionId) -> SelectStatement {
    use worker_fingerprint::Column;
    Query::select()
        .expr(Func::min(Expr::col(Column::KeyVersion)))
        .from(worker_fingerprint::Entity)
        .and_where(Expr::col(Column::ExceptionId).eq(exception))
        .to_owned()
}

fn to_application<E: EntityTrait>(from: E::Column) -> RelationDef {
    E::belongs_to(application::Entity).from(from).to(application::Column::Id).into()
}

fn live() -> impl Iterator<Item = ApplicationStatus> {
    ApplicationStatus::all().into_iter().filter(|status| is_with_the_body(*status))
}
