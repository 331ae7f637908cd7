//! What acts on releases read and write.

use entity::{
    ApplicationId, BodyId, ExceptionId, ReleaseId, ReleaseLineState, ReleaseStatus, attestation, body,
    class_exception_body, held_back, release, release_line, release_section, release_state,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::read::OUT;
use crate::db::{Gate, Tx};
use crate::error::{Fault, Found};

/// Rows that one statement writes: PostgreSQL takes at most 65,535 values, SQLite 32,766.
const AT_ONCE: usize = 500;
/// Where a release stands that is on its way.
const LIVE: [ReleaseStatus; 2] = [ReleaseStatus::Prepared, ReleaseStatus::Attested];

/// A release as it was frozen.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_release(tx: &Tx, id: ReleaseId) -> Found<Option<release::Model>> {
    Ok(release::Entity::find_by_id(id).one(tx.conn()).await?)
}

/// Where a release of the gate's exception stands.
///
/// # Errors
/// A fault where there is none.
pub async fn load_state(gate: &Gate<'_>, id: ReleaseId) -> Found<release_state::Model> {
    let found = release_state::Entity::find_by_id(id).one(gate.tx().conn()).await?;
    found.ok_or_else(|| Fault::stored("release", "it stands nowhere"))
}

/// Saves where a release stands; `before` tells where it stood.
///
/// # Errors
/// A race where it stands elsewhere.
pub async fn save_state(gate: &Gate<'_>, before: ReleaseStatus, state: release_state::Model) -> Found<()> {
    let id = state.release_id;
    let saved = release_state::Entity::update_many()
        .set(state.into_active_model().reset_all())
        .filter(release_state::Column::ReleaseId.eq(id))
        .filter(release_state::Column::Status.eq(before))
        .exec(gate.tx().conn())
        .await?;
    if saved.rows_affected == 1 { Ok(()) } else { Err(Fault::Race("the release moved on")) }
}

/// The release that is on its way; there is one at most.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_live(gate: &Gate<'_>) -> Found<Option<release_state::Model>> {
    let select = release_state::Entity::find()
        .filter(release_state::Column::ExceptionId.eq(gate.exception()))
        .filter(release_state::Column::Status.is_in(LIVE));
    Ok(select.one(gate.tx().conn()).await?)
}

/// The release on its way that lists an application, for who already holds the gate where it matters.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_live_that_lists(
    tx: &Tx,
    exception: ExceptionId,
    application: ApplicationId,
) -> Found<Option<release_state::Model>> {
    let lists = Query::select()
        .column(release_line::Column::ReleaseId)
        .from(release_line::Entity)
        .and_where(release_line::Column::ApplicationId.eq(application))
        .and_where(Expr::col(release_line::Column::State).eq(ReleaseLineState::Listed.word()))
        .to_owned();
    let select = release_state::Entity::find()
        .filter(release_state::Column::ExceptionId.eq(exception))
        .filter(release_state::Column::Status.is_in(LIVE))
        .filter(release_state::Column::ReleaseId.in_subquery(lists));
    Ok(select.one(tx.conn()).await?)
}

/// The last release that the agency has; none before the first.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_last_published(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
) -> Found<Option<release_state::Model>> {
    let select = release_state::Entity::find()
        .filter(release_state::Column::ExceptionId.eq(exception))
        .filter(release_state::Column::Status.is_in(OUT))
        .order_by_desc(release_state::Column::Number);
    Ok(select.one(conn).await?)
}

/// The highest number that a release has had, 0 where there was none.
///
/// # Errors
/// Where the database does not answer.
pub async fn last_number(gate: &Gate<'_>) -> Found<i32> {
    let highest: Option<Option<i32>> = release::Entity::find()
        .select_only()
        .column_as(release::Column::Number.max(), "highest")
        .filter(release::Column::ExceptionId.eq(gate.exception()))
        .into_tuple()
        .one(gate.tx().conn())
        .await?;
    Ok(highest.flatten().unwrap_or(0))
}

/// The sections of a release.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_sections(gate: &Gate<'_>, id: ReleaseId) -> Found<Vec<release_section::Model>> {
    let select = release_section::Entity::find().filter(release_section::Column::ReleaseId.eq(id));
    Ok(select.all(gate.tx().conn()).await?)
}

/// The lines of a release.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_lines(gate: &Gate<'_>, id: ReleaseId) -> Found<Vec<release_line::Model>> {
    let select = release_line::Entity::find()
        .filter(release_line::Column::ReleaseId.eq(id))
        .order_by_asc(release_line::Column::ApplicationId);
    Ok(select.all(gate.tx().conn()).await?)
}

/// Who has attested a release.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_attestations(gate: &Gate<'_>, id: ReleaseId) -> Found<Vec<attestation::Model>> {
    let select = attestation::Entity::find().filter(attestation::Column::ReleaseId.eq(id));
    Ok(select.all(gate.tx().conn()).await?)
}

/// Keeps that a body attests its section. The database refuses a second time.
///
/// # Errors
/// Where the database refuses.
pub async fn insert_attestation(gate: &Gate<'_>, row: attestation::Model) -> Found<()> {
    attestation::Entity::insert(row.into_active_model()).exec_without_returning(gate.tx().conn()).await?;
    Ok(())
}

/// A release with all that it says.
#[derive(Debug)]
pub struct Frozen {
    /// Its head.
    pub release: release::Model,
    /// Its sections.
    pub sections: Vec<release_section::Model>,
    /// Its lines.
    pub lines: Vec<release_line::Model>,
    /// Who waits for a later one.
    pub waiting: Vec<held_back::Model>,
    /// Where it stands.
    pub state: release_state::Model,
}

/// Keeps a release.
///
/// # Errors
/// Where the database refuses, as it does for a second one on its way.
pub async fn insert(gate: &Gate<'_>, frozen: Frozen) -> Found<()> {
    let conn = gate.tx().conn();
    let Frozen { release, sections, lines, waiting, state } = frozen;
    release::Entity::insert(release.into_active_model()).exec_without_returning(conn).await?;
    for section in sections {
        release_section::Entity::insert(section.into_active_model()).exec_without_returning(conn).await?;
    }
    for piece in lines.chunks(AT_ONCE) {
        let rows = piece.iter().cloned().map(IntoActiveModel::into_active_model);
        release_line::Entity::insert_many(rows).exec_without_returning(conn).await?;
    }
    for piece in waiting.chunks(AT_ONCE) {
        let rows = piece.iter().cloned().map(IntoActiveModel::into_active_model);
        held_back::Entity::insert_many(rows).exec_without_returning(conn).await?;
    }
    release_state::Entity::insert(state.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Whether a body nominates under an exception.
///
/// # Errors
/// Where the database does not answer.
pub async fn nominates(tx: &Tx, exception: ExceptionId, body: BodyId) -> Found<bool> {
    let select = class_exception_body::Entity::find_by_id((exception, body));
    Ok(select.count(tx.conn()).await? > 0)
}

/// The bodies with their slugs and names. Public, and few.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_bodies(tx: &Tx) -> Found<Vec<body::Model>> {
    Ok(body::Entity::find().order_by_asc(body::Column::Slug).all(tx.conn()).await?)
}
