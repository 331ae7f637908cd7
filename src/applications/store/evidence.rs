//! Records of evidence: of one application, or of the employer for all of its applications to a body.

use entity::{ApplicationId, ApplicationStatus, BodyId, EmployerId, EvidenceId, application, evidence};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::db::Tx;
use crate::error::{Fault, Found};
use crate::tenancy::{BodyScope, CaseloadScope};

/// Most records that one application, or one employer at one body, may have.
pub const MOST_RECORDS: usize = 50;

/// What counts for an application: its own records and its employer's at the same body, oldest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_for(tx: &Tx, application: &application::Model) -> Found<Vec<evidence::Model>> {
    Ok(counting_for(application).all(tx.conn()).await?)
}

/// What the body has looked at of the evidence that counts for these applications, and may count for others of the same
/// employers; [`crate::applications::rules::verifiers`] tells which counts for which.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_verified(tx: &Tx, applications: &[application::Model]) -> Found<Vec<evidence::Model>> {
    let ids = applications.iter().map(|one| one.id);
    let of_employers = Condition::all()
        .add(evidence::Column::ApplicationId.is_null())
        .add(evidence::Column::BodyId.is_in(applications.iter().map(|one| one.body_id)))
        .add(evidence::Column::EmployerId.is_in(applications.iter().map(|one| one.employer_id)));
    let select = evidence::Entity::find()
        .filter(Condition::any().add(evidence::Column::ApplicationId.is_in(ids)).add(of_employers))
        .filter(evidence::Column::VerifiedBy.is_not_null());
    Ok(select.all(tx.conn()).await?)
}

/// As [`load_for`], and keeps them from being taken out to the end of the transaction.
///
/// # Errors
/// Where the database does not answer.
pub async fn hold_for(tx: &Tx, application: &application::Model) -> Found<Vec<evidence::Model>> {
    let select = counting_for(application);
    let select = if tx.backend() == DbBackend::Postgres { select.lock_shared() } else { select };
    Ok(select.all(tx.conn()).await?)
}

fn counting_for(application: &application::Model) -> Select<evidence::Entity> {
    evidence::Entity::find()
        .filter(evidence::Column::BodyId.eq(application.body_id))
        .filter(evidence::Column::EmployerId.eq(application.employer_id))
        .filter(
            Condition::any()
                .add(evidence::Column::ApplicationId.eq(application.id))
                .add(evidence::Column::ApplicationId.is_null()),
        )
        .order_by_asc(evidence::Column::Id)
}

/// Adds a record.
///
/// # Errors
/// Where the database refuses.
pub async fn insert(tx: &Tx, record: evidence::Model) -> Found<()> {
    evidence::Entity::insert(record.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Holds a record that this transaction has found, and reads it anew; none where it was taken out meanwhile. A record
/// of an application is held after the application, or its two sides could wait crosswise.
///
/// # Errors
/// Where the database does not answer.
pub async fn hold(tx: &Tx, record: &evidence::Model) -> Found<Option<evidence::Model>> {
    let select = evidence::Entity::find_by_id(record.id);
    let select = if tx.backend() == DbBackend::Postgres { select.lock_exclusive() } else { select };
    Ok(select.one(tx.conn()).await?)
}

/// Takes a record out, unless the body has looked at it; whether it is out.
///
/// # Errors
/// Where the database refuses.
pub async fn delete_unseen(tx: &Tx, id: EvidenceId) -> Found<bool> {
    let delete = evidence::Entity::delete_by_id(id).filter(evidence::Column::VerifiedAt.is_null());
    Ok(delete.exec(tx.conn()).await?.rows_affected == 1)
}

/// Saves a record that was looked at, and is held.
///
/// # Errors
/// A race where it was taken out.
pub async fn save(tx: &Tx, record: evidence::Model) -> Found<()> {
    let id = record.id;
    let saved = evidence::Entity::update_many()
        .set(record.into_active_model().reset_all())
        .filter(evidence::Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    if saved.rows_affected == 1 { Ok(()) } else { Err(Fault::Race("the record was taken out")) }
}

/// A record that the body's staff may look at: of an application that was submitted to it, or of an employer
/// that has one.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_in_body(tx: &Tx, scope: &BodyScope, id: EvidenceId) -> Found<Option<evidence::Model>> {
    let scope = CaseloadScope::Body(scope.clone());
    let select = evidence::Entity::find_by_id(id).filter(visible(&scope));
    Ok(select.one(tx.conn()).await?)
}

/// The named records, as far as the viewer may see them.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_by_ids(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    ids: &[EvidenceId],
) -> Found<Vec<evidence::Model>> {
    let select = evidence::Entity::find()
        .filter(evidence::Column::Id.is_in(ids.iter().copied()))
        .filter(visible(scope));
    Ok(select.all(conn).await?)
}

/// The records of these applications, as far as the viewer may see them, oldest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_of_applications(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    applications: &[ApplicationId],
) -> Found<Vec<evidence::Model>> {
    let select = evidence::Entity::find()
        .filter(evidence::Column::ApplicationId.is_in(applications.iter().copied()))
        .filter(visible(scope))
        .order_by_asc(evidence::Column::Id);
    Ok(select.all(conn).await?)
}

/// The employers' own records, by employer and body, as far as the viewer may see them, oldest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_of_employers(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    employers: &[EmployerId],
) -> Found<Vec<evidence::Model>> {
    let select = evidence::Entity::find()
        .filter(evidence::Column::EmployerId.is_in(employers.iter().copied()))
        .filter(evidence::Column::ApplicationId.is_null())
        .filter(visible(scope))
        .order_by_asc(evidence::Column::Id);
    Ok(select.all(conn).await?)
}

/// Whose records a viewer may see. A body's staff see an employer's own records from its first submission on.
fn visible(scope: &CaseloadScope) -> Condition {
    match scope {
        CaseloadScope::Employers(scope) => {
            Condition::all().add(evidence::Column::EmployerId.is_in(scope.employers().iter().copied()))
        }
        CaseloadScope::Body(scope) => {
            let submitted = |column: application::Column, body: BodyId| {
                Query::select()
                    .column(column)
                    .from(application::Entity)
                    .and_where(application::Column::BodyId.eq(body))
                    .and_where(application::Column::SubmittedAt.is_not_null())
                    .to_owned()
            };
            let own =
                evidence::Column::ApplicationId.in_subquery(submitted(application::Column::Id, scope.body()));
            let employers = evidence::Column::EmployerId
                .in_subquery(submitted(application::Column::EmployerId, scope.body()));
            Condition::all().add(evidence::Column::BodyId.eq(scope.body())).add(
                Condition::any()
                    .add(own)
                    .add(Condition::all().add(evidence::Column::ApplicationId.is_null()).add(employers)),
            )
        }
    }
}

/// How many records an application has of its own, or an employer at a body.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_beside(tx: &Tx, application: &application::Model, of_employer: bool) -> Found<usize> {
    let select = evidence::Entity::find().select_only().column(evidence::Column::Id);
    let select = if of_employer {
        select
            .filter(evidence::Column::BodyId.eq(application.body_id))
            .filter(evidence::Column::EmployerId.eq(application.employer_id))
            .filter(evidence::Column::ApplicationId.is_null())
    } else {
        select.filter(evidence::Column::ApplicationId.eq(application.id))
    };
    let ids: Vec<EvidenceId> = select.into_tuple().all(tx.conn()).await?;
    Ok(ids.len())
}

/// Whether an employer's own record counts for an application that stands in one of these.
///
/// # Errors
/// Where the database does not answer.
pub async fn counts_in(tx: &Tx, record: &evidence::Model, statuses: &[ApplicationStatus]) -> Found<bool> {
    let select = application::Entity::find()
        .select_only()
        .column(application::Column::Id)
        .filter(application::Column::BodyId.eq(record.body_id))
        .filter(application::Column::EmployerId.eq(record.employer_id))
        .filter(application::Column::Status.is_in(statuses.iter().copied()))
        .limit(1);
    Ok(select.into_tuple::<ApplicationId>().one(tx.conn()).await?.is_some())
}
