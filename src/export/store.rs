//! Everything that hangs on an application, of whichever body: read across tenants for the worker, who is told all of it.

use entity::{
    ApplicationId, agency_case, agency_outcome, amendment, application, assessment, assessment_round, body,
    class_exception, discrepancy, employer, evidence, history_event, hold, information_request, release,
    release_line, turn_back, worker, worker_fingerprint,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

use crate::db::Tx;
use crate::error::{Fault, Found};
use crate::keys::Fingerprint;

/// Between whom an application is.
pub(super) struct Parties {
    pub(super) body: body::Model,
    pub(super) employer: employer::Model,
    pub(super) exception: class_exception::Model,
}

/// The application with this reference, and those whose worker has the same passport, under any class exception.
pub(super) async fn of_the_same_worker(tx: &Tx, reference: &str) -> Found<Vec<ApplicationId>> {
    let named = application::Entity::find()
        .filter(application::Column::Reference.eq(reference))
        .one(tx.conn())
        .await?;
    let Some(named) = named else { return Ok(Vec::new()) };
    let own = worker_fingerprint::Entity::find()
        .filter(worker_fingerprint::Column::ApplicationId.eq(named.id))
        .all(tx.conn())
        .await?;
    let mut all = vec![named.id];
    for one in own {
        all.extend(
            with_fingerprint(tx, &Fingerprint { version: one.key_version, hex: one.fingerprint }).await?,
        );
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// The applications whose worker has this passport, under any class exception, in order of id.
pub(super) async fn with_fingerprint(tx: &Tx, fingerprint: &Fingerprint) -> Found<Vec<ApplicationId>> {
    let select = worker_fingerprint::Entity::find()
        .select_only()
        .column(worker_fingerprint::Column::ApplicationId)
        .filter(worker_fingerprint::Column::KeyVersion.eq(fingerprint.version))
        .filter(worker_fingerprint::Column::Fingerprint.eq(&fingerprint.hex))
        .order_by_asc(worker_fingerprint::Column::ApplicationId);
    Ok(select.into_tuple().all(tx.conn()).await?)
}

pub(super) async fn load_applications(tx: &Tx, ids: &[ApplicationId]) -> Found<Vec<application::Model>> {
    let select = application::Entity::find()
        .filter(application::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(application::Column::Id);
    Ok(select.all(tx.conn()).await?)
}

pub(super) async fn load_parties(tx: &Tx, of: &application::Model) -> Found<Parties> {
    let gone = || Fault::stored("application", "a party to it is gone");
    let conn = tx.conn();
    Ok(Parties {
        body: body::Entity::find_by_id(of.body_id).one(conn).await?.ok_or_else(gone)?,
        employer: employer::Entity::find_by_id(of.employer_id).one(conn).await?.ok_or_else(gone)?,
        exception: class_exception::Entity::find_by_id(of.exception_id).one(conn).await?.ok_or_else(gone)?,
    })
}

pub(super) async fn find_worker(tx: &Tx, id: ApplicationId) -> Found<Option<worker::Model>> {
    Ok(worker::Entity::find_by_id(id).one(tx.conn()).await?)
}

pub(super) async fn load_evidence(tx: &Tx, id: ApplicationId) -> Found<Vec<evidence::Model>> {
    let select = evidence::Entity::find()
        .filter(evidence::Column::ApplicationId.eq(id))
        .order_by_asc(evidence::Column::Id);
    Ok(select.all(tx.conn()).await?)
}

pub(super) async fn load_findings(tx: &Tx, id: ApplicationId) -> Found<Vec<assessment::Model>> {
    let select = assessment::Entity::find()
        .filter(assessment::Column::ApplicationId.eq(id))
        .order_by_asc(assessment::Column::Round);
    Ok(select.all(tx.conn()).await?)
}

pub(super) async fn load_rounds(tx: &Tx, id: ApplicationId) -> Found<Vec<assessment_round::Model>> {
    let select = assessment_round::Entity::find()
        .filter(assessment_round::Column::ApplicationId.eq(id))
        .order_by_asc(assessment_round::Column::Round);
    Ok(select.all(tx.conn()).await?)
}

pub(super) async fn load_turn_backs(tx: &Tx, id: ApplicationId) -> Found<Vec<turn_back::Model>> {
    let select = turn_back::Entity::find()
        .filter(turn_back::Column::ApplicationId.eq(id))
        .order_by_asc(turn_back::Column::Id);
    Ok(select.all(tx.conn()).await?)
}

pub(super) async fn load_questions(tx: &Tx, id: ApplicationId) -> Found<Vec<information_request::Model>> {
    let select = information_request::Entity::find()
        .filter(information_request::Column::ApplicationId.eq(id))
        .order_by_asc(information_request::Column::Id);
    Ok(select.all(tx.conn()).await?)
}

pub(super) async fn load_holds(tx: &Tx, id: ApplicationId) -> Found<Vec<hold::Model>> {
    let select =
        hold::Entity::find().filter(hold::Column::ApplicationId.eq(id)).order_by_asc(hold::Column::Id);
    Ok(select.all(tx.conn()).await?)
}

pub(super) async fn load_amendments(tx: &Tx, id: ApplicationId) -> Found<Vec<amendment::Model>> {
    let select = amendment::Entity::find()
        .filter(amendment::Column::ApplicationId.eq(id))
        .order_by_asc(amendment::Column::Id);
    Ok(select.all(tx.conn()).await?)
}

pub(super) async fn load_outcomes(tx: &Tx, id: ApplicationId) -> Found<Vec<agency_outcome::Model>> {
    let select = agency_outcome::Entity::find()
        .filter(agency_outcome::Column::ApplicationId.eq(id))
        .order_by_asc(agency_outcome::Column::Id);
    Ok(select.all(tx.conn()).await?)
}

pub(super) async fn find_case(tx: &Tx, id: ApplicationId) -> Found<Option<agency_case::Model>> {
    Ok(agency_case::Entity::find_by_id(id).one(tx.conn()).await?)
}

pub(super) async fn load_events(tx: &Tx, id: ApplicationId) -> Found<Vec<history_event::Model>> {
    let select = history_event::Entity::find()
        .filter(history_event::Column::ApplicationId.eq(id))
        .order_by_asc(history_event::Column::Id);
    Ok(select.all(tx.conn()).await?)
}

/// Lines of releases that the agency has or had before it, each with the number of its release.
pub(super) async fn load_lines(tx: &Tx, id: ApplicationId) -> Found<Vec<(release_line::Model, i32)>> {
    let to_release = release_line::Entity::belongs_to(release::Entity)
        .from(release_line::Column::ReleaseId)
        .to(release::Column::Id)
        .into();
    let rows = release_line::Entity::find()
        .join(JoinType::InnerJoin, to_release)
        .select_also(release::Entity)
        .filter(release_line::Column::ApplicationId.eq(id))
        .order_by_asc(release::Column::Number)
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().filter_map(|(line, release)| Some((line, release?.number))).collect())
}

pub(super) async fn load_discrepancies(tx: &Tx, id: ApplicationId) -> Found<Vec<discrepancy::Model>> {
    use discrepancy::Column;
    let about = Condition::any().add(Column::ApplicationId.eq(id)).add(Column::OtherApplicationId.eq(id));
    Ok(discrepancy::Entity::find().filter(about).order_by_asc(Column::Id).all(tx.conn()).await?)
}
