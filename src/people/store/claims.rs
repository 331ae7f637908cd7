//! Requests to act for an employer.

use entity::{
    BodyId, EmployerClaimId, EmployerClaimStatus, PersonId, application, conflict, employer, employer_agent,
    employer_claim, interest,
};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Value,
};
use serde::{Deserialize, Serialize};

use crate::db::Tx;
use crate::error::{Fault, Found};
use crate::page::{Page, PageRequest, keyed};
use crate::tenancy::CaseloadScope;
use crate::values::nzbn::Nzbn;

/// The key of a request in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimKey(pub EmployerClaimId);

impl From<ClaimKey> for Vec<Value> {
    fn from(key: ClaimKey) -> Self {
        vec![key.0.into()]
    }
}

/// Keeps a new one.
///
/// # Errors
/// Where the database refuses.
pub async fn insert(tx: &Tx, row: employer_claim::Model) -> Found<()> {
    employer_claim::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Saves a decision on one that stands where it stood when it was read.
///
/// # Errors
/// A race where it does not.
pub async fn save(tx: &Tx, claim: employer_claim::Model, was: EmployerClaimStatus) -> Found<()> {
    let id = claim.id;
    let saved = employer_claim::Entity::update_many()
        .set(claim.into_active_model().reset_all())
        .filter(employer_claim::Column::Id.eq(id))
        .filter(employer_claim::Column::Status.eq(was))
        .exec(tx.conn())
        .await?;
    if saved.rows_affected == 1 { Ok(()) } else { Err(Fault::Race("the request was decided meanwhile")) }
}

/// Those of a person that wait for an answer.
///
/// # Errors
/// Where the database does not answer.
pub async fn waiting_of(tx: &Tx, person: PersonId) -> Found<Vec<employer_claim::Model>> {
    let waiting = [EmployerClaimStatus::Asked, EmployerClaimStatus::Approved];
    Ok(employer_claim::Entity::find()
        .filter(employer_claim::Column::PersonId.eq(person))
        .filter(employer_claim::Column::Status.is_in(waiting))
        .order_by_asc(employer_claim::Column::Id)
        .limit(100)
        .all(tx.conn())
        .await?)
}

/// Those of a person for an employer that stand there, whichever bodies'.
///
/// # Errors
/// Where the database does not answer.
pub async fn of_employer(
    tx: &Tx,
    person: PersonId,
    nzbn: Nzbn,
    status: EmployerClaimStatus,
) -> Found<Vec<employer_claim::Model>> {
    Ok(employer_claim::Entity::find()
        .filter(employer_claim::Column::PersonId.eq(person))
        .filter(employer_claim::Column::Nzbn.eq(nzbn.to_string()))
        .filter(employer_claim::Column::Status.eq(status))
        .order_by_asc(employer_claim::Column::Id)
        .all(tx.conn())
        .await?)
}

/// Somebody has taken their yes back. What bodies have approved of a person's wishes for this employer is approved still, and
/// waits for the others again: those of the employer's people who let the person in did so for this once.
///
/// # Errors
/// Where the database refuses.
pub async fn take_back(tx: &Tx, person: PersonId, nzbn: Nzbn, of: &[EmployerClaimStatus]) -> Found<()> {
    employer_claim::Entity::update_many()
        .col_expr(employer_claim::Column::Status, Expr::value(EmployerClaimStatus::Approved))
        .col_expr(employer_claim::Column::AcceptedBy, Expr::value(None::<PersonId>))
        .filter(employer_claim::Column::PersonId.eq(person))
        .filter(employer_claim::Column::Nzbn.eq(nzbn.to_string()))
        .filter(employer_claim::Column::Status.is_in(of.iter().copied()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The bodies that have something of the employer with this number: an application that was handed in, or an expression of
/// interest.
///
/// # Errors
/// Where the database does not answer.
pub async fn bodies_that_know(tx: &Tx, nzbn: Nzbn) -> Found<Vec<BodyId>> {
    let to_employer = application::Entity::belongs_to(employer::Entity)
        .from(application::Column::EmployerId)
        .to(employer::Column::Id)
        .into();
    let applied = application::Entity::find()
        .select_only()
        .column(application::Column::BodyId)
        .distinct()
        .join(JoinType::InnerJoin, to_employer)
        .filter(employer::Column::Nzbn.eq(nzbn.to_string()))
        .filter(application::Column::SubmittedAt.is_not_null());
    let interested = interest::Entity::find()
        .select_only()
        .column(interest::Column::BodyId)
        .distinct()
        .filter(interest::Column::Nzbn.eq(nzbn.to_string()));
    let mut bodies: Vec<BodyId> = applied.into_tuple().all(tx.conn()).await?;
    bodies.extend(interested.into_tuple::<BodyId>().all(tx.conn()).await?);
    Ok(bodies)
}

/// Whether a person has declared a conflict of interest with the employer with this number.
///
/// # Errors
/// Where the database does not answer.
pub async fn has_conflict(tx: &Tx, person: PersonId, nzbn: Nzbn) -> Found<bool> {
    let to_employer = conflict::Entity::belongs_to(employer::Entity)
        .from(conflict::Column::EmployerId)
        .to(employer::Column::Id)
        .into();
    let found = conflict::Entity::find()
        .join(JoinType::InnerJoin, to_employer)
        .filter(employer::Column::Nzbn.eq(nzbn.to_string()))
        .filter(conflict::Column::PersonId.eq(person))
        .one(tx.conn())
        .await?;
    Ok(found.is_some())
}

/// Whether anybody acts for the employer with this number.
///
/// # Errors
/// Where the database does not answer.
pub async fn has_agents(tx: &Tx, nzbn: Nzbn) -> Found<bool> {
    let to_employer = employer_agent::Entity::belongs_to(employer::Entity)
        .from(employer_agent::Column::EmployerId)
        .to(employer::Column::Id)
        .into();
    let found = employer_agent::Entity::find()
        .join(JoinType::InnerJoin, to_employer)
        .filter(employer::Column::Nzbn.eq(nzbn.to_string()))
        .one(tx.conn())
        .await?;
    Ok(found.is_some())
}

/// One that the viewer may see.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_visible(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    id: EmployerClaimId,
) -> Found<Option<employer_claim::Model>> {
    Ok(visible(scope).filter(employer_claim::Column::Id.eq(id)).one(conn).await?)
}

/// A page of those that the viewer may see, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    request: &PageRequest<ClaimKey>,
) -> Found<Page<employer_claim::Model>> {
    let id = Expr::col((employer_claim::Entity, employer_claim::Column::Id));
    let rows = keyed(visible(scope), &[id], true, request).all(conn).await?;
    Ok(Page::of(rows, request))
}

/// How many the viewer may see.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(conn: &impl ConnectionTrait, scope: &CaseloadScope) -> Found<u64> {
    Ok(visible(scope).count(conn).await?)
}

/// A body sees what came to it. Whoever acts for employers sees what they asked for themselves, and of others what a body
/// has approved for one of their employers.
fn visible(scope: &CaseloadScope) -> Select<employer_claim::Entity> {
    match scope {
        CaseloadScope::Body(scope) => {
            employer_claim::Entity::find().filter(employer_claim::Column::BodyId.eq(scope.body()))
        }
        CaseloadScope::Employers(scope) => {
            let own = Query::select()
                .column(employer::Column::Nzbn)
                .from(employer::Entity)
                .and_where(employer::Column::Id.is_in(scope.employers().iter().copied()))
                .to_owned();
            let of_employer = Condition::all().add(employer_claim::Column::Nzbn.in_subquery(own)).add(
                employer_claim::Column::Status
                    .is_in([EmployerClaimStatus::Approved, EmployerClaimStatus::Accepted]),
            );
            let asked = employer_claim::Column::PersonId.eq(scope.person());
            employer_claim::Entity::find().filter(Condition::any().add(asked).add(of_employer))
        }
    }
}
