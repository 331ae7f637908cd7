//! What the check reads of releases.

use entity::{
    ApplicationId, BodyId, ExceptionId, PlaceMovementKind, ReleaseId, agency_case, application, attestation,
    body, place_movement, release, release_line, release_section, release_state,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::db::Snapshot;
use crate::error::Found;

/// The bodies with their slugs.
pub(in crate::check) async fn load_slugs(snapshot: &Snapshot) -> Found<Vec<(BodyId, String)>> {
    let select = body::Entity::find().select_only().columns([body::Column::Id, body::Column::Slug]);
    Ok(select.into_tuple().all(snapshot.conn()).await?)
}

/// The releases of an exception, in order of number.
pub(in crate::check) async fn load_releases(
    snapshot: &Snapshot,
    exception: ExceptionId,
) -> Found<Vec<release::Model>> {
    let select = release::Entity::find()
        .filter(release::Column::ExceptionId.eq(exception))
        .order_by_asc(release::Column::Number);
    Ok(select.all(snapshot.conn()).await?)
}

pub(in crate::check) async fn find_state(
    snapshot: &Snapshot,
    id: ReleaseId,
) -> Found<Option<release_state::Model>> {
    Ok(release_state::Entity::find_by_id(id).one(snapshot.conn()).await?)
}

pub(in crate::check) async fn load_sections(
    snapshot: &Snapshot,
    id: ReleaseId,
) -> Found<Vec<release_section::Model>> {
    let select = release_section::Entity::find().filter(release_section::Column::ReleaseId.eq(id));
    Ok(select.all(snapshot.conn()).await?)
}

pub(in crate::check) async fn load_attestations(
    snapshot: &Snapshot,
    id: ReleaseId,
) -> Found<Vec<attestation::Model>> {
    let select = attestation::Entity::find().filter(attestation::Column::ReleaseId.eq(id));
    Ok(select.all(snapshot.conn()).await?)
}

pub(in crate::check) async fn load_lines(
    snapshot: &Snapshot,
    id: ReleaseId,
) -> Found<Vec<release_line::Model>> {
    let select = release_line::Entity::find().filter(release_line::Column::ReleaseId.eq(id));
    Ok(select.all(snapshot.conn()).await?)
}

/// The agency's cases under an exception, each with its reference.
pub(in crate::check) async fn load_cases(
    snapshot: &Snapshot,
    exception: ExceptionId,
) -> Found<Vec<(agency_case::Model, String)>> {
    let own = application::Entity::find()
        .select_only()
        .columns([application::Column::Id, application::Column::Reference])
        .filter(application::Column::ExceptionId.eq(exception));
    let references: Vec<(ApplicationId, String)> = own
        .filter(
            application::Column::Id.in_subquery(
                sea_orm::sea_query::Query::select()
                    .column(agency_case::Column::ApplicationId)
                    .from(agency_case::Entity)
                    .to_owned(),
            ),
        )
        .into_tuple()
        .all(snapshot.conn())
        .await?;
    let references: std::collections::HashMap<_, _> = references.into_iter().collect();
    let cases = agency_case::Entity::find().order_by_asc(agency_case::Column::ApplicationId);
    let cases = cases.all(snapshot.conn()).await?.into_iter();
    let own = cases.filter_map(|case| references.get(&case.application_id).cloned().map(|name| (case, name)));
    Ok(own.collect())
}

/// Whose places the ledger has as published.
pub(in crate::check) async fn load_published(
    snapshot: &Snapshot,
    exception: ExceptionId,
) -> Found<Vec<(ApplicationId, BodyId)>> {
    let rows: Vec<(Option<ApplicationId>, Option<BodyId>)> = place_movement::Entity::find()
        .select_only()
        .columns([place_movement::Column::ApplicationId, place_movement::Column::BodyId])
        .filter(place_movement::Column::ExceptionId.eq(exception))
        .filter(place_movement::Column::Kind.eq(PlaceMovementKind::Published))
        .into_tuple()
        .all(snapshot.conn())
        .await?;
    Ok(rows.into_iter().filter_map(|(application, body)| application.zip(body)).collect())
}
