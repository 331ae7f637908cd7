//! The records of a class exception, a stretch at a time, in order of the application's id.
//!
//! Each stretch ends where the first of the records that has more was cut, so that everything that is said of an application
//! is in one stretch. A run takes as many statements as there are stretches, whatever is in them.

use std::collections::BTreeSet;

use entity::{
    ApplicationId, ApplicationStatus, ExceptionId, ReleaseId, ReleaseStatus, agency_case, application, place,
    release_line,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::error::Found;
use crate::reconciliation::rules::{AtAgency, Case, Held, Line, Published, Stretch};
use crate::releases::store::acts::find_last_published;

/// Rows of each record that are read at once.
const AT_ONCE: usize = 1_000;

/// The records that are compared.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    /// Of which class exception.
    pub exception: ExceptionId,
    /// The last release that is published.
    pub release: Option<(ReleaseId, Published)>,
}

/// A stretch of all records.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    cases: Vec<Case>,
    held: Vec<Held>,
    lines: Vec<Line>,
    agency: Vec<AtAgency>,
    /// Where the next stretch begins; none where this was the last.
    pub last: Option<ApplicationId>,
}

impl Piece {
    /// What was read, to be merged.
    #[must_use]
    pub fn stretch(&self) -> Stretch<'_> {
        Stretch { cases: &self.cases, held: &self.held, lines: &self.lines, agency: &self.agency }
    }
}

/// Which rows are read: a stretch after an application, or all that is said of some.
#[derive(Clone, Copy, Debug)]
enum Wanted<'a> {
    After(Option<ApplicationId>),
    Of(&'a [ApplicationId]),
}

/// Finds what is compared.
///
/// # Errors
/// Where the database does not answer.
pub async fn compared(conn: &impl ConnectionTrait, exception: ExceptionId) -> Found<Compared> {
    let last = find_last_published(conn, exception).await?;
    let release = last.and_then(|state| {
        let is_acknowledged = state.status == ReleaseStatus::Acknowledged;
        Some((state.release_id, Published { number: state.number, at: state.published_at?, is_acknowledged }))
    });
    Ok(Compared { exception, release })
}

/// The stretch after an application.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_piece(
    conn: &impl ConnectionTrait,
    compared: Compared,
    after: Option<ApplicationId>,
) -> Found<Piece> {
    let mut piece = load(conn, compared, Wanted::After(after)).await?;
    piece.last = piece.cut();
    piece.complete(conn).await?;
    Ok(piece)
}

/// All that is said of some applications.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_of(
    conn: &impl ConnectionTrait,
    compared: Compared,
    applications: &BTreeSet<ApplicationId>,
) -> Found<Vec<Piece>> {
    let all: Vec<ApplicationId> = applications.iter().copied().collect();
    let mut pieces = Vec::new();
    for some in all.chunks(AT_ONCE) {
        let mut piece = load(conn, compared, Wanted::Of(some)).await?;
        piece.complete(conn).await?;
        pieces.push(piece);
    }
    Ok(pieces)
}

async fn load(conn: &impl ConnectionTrait, compared: Compared, wanted: Wanted<'_>) -> Found<Piece> {
    let lines = match compared.release {
        Some((release, _)) => load_lines(conn, release, wanted).await?,
        None => Vec::new(),
    };
    Ok(Piece {
        cases: load_nominations(conn, compared.exception, wanted).await?,
        held: load_held(conn, compared.exception, wanted).await?,
        lines,
        agency: load_agency(conn, compared.exception, wanted).await?,
        last: None,
    })
}

fn narrowed<E: EntityTrait>(select: Select<E>, id: E::Column, wanted: Wanted<'_>) -> Select<E> {
    let select = match wanted {
        Wanted::After(None) => select.limit(AT_ONCE as u64),
        Wanted::After(Some(after)) => select.filter(id.gt(after)).limit(AT_ONCE as u64),
        Wanted::Of(ids) => select.filter(id.is_in(ids.iter().copied())),
    };
    select.order_by_asc(id)
}

async fn load_nominations(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
    wanted: Wanted<'_>,
) -> Found<Vec<Case>> {
    use application::Column;
    let select = application::Entity::find()
        .filter(Column::ExceptionId.eq(exception))
        .filter(Column::Status.eq(ApplicationStatus::Nominated));
    load_cases(conn, narrowed(select, Column::Id, wanted)).await
}

async fn load_cases(conn: &impl ConnectionTrait, select: Select<application::Entity>) -> Found<Vec<Case>> {
    use application::Column;
    let rows = select.select_only().columns([Column::Id, Column::BodyId, Column::Status]).into_tuple();
    let rows = rows.all(conn).await?.into_iter();
    Ok(rows.map(|(application, body, status)| Case { application, body, status }).collect())
}

async fn load_held(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
    wanted: Wanted<'_>,
) -> Found<Vec<Held>> {
    use place::Column;
    let select = place::Entity::find()
        .filter(Column::ExceptionId.eq(exception))
        .filter(Column::ApplicationId.is_not_null());
    let rows = narrowed(select, Column::ApplicationId, wanted)
        .select_only()
        .columns([Column::ApplicationId, Column::BodyId, Column::Number, Column::State])
        .into_tuple();
    let rows = rows.all(conn).await?.into_iter();
    Ok(rows.map(|(application, body, place, state)| Held { application, body, place, state }).collect())
}

async fn load_lines(conn: &impl ConnectionTrait, release: ReleaseId, wanted: Wanted<'_>) -> Found<Vec<Line>> {
    use release_line::Column;
    let select = release_line::Entity::find().filter(Column::ReleaseId.eq(release));
    let rows = narrowed(select, Column::ApplicationId, wanted)
        .select_only()
        .columns([Column::ApplicationId, Column::BodyId, Column::PlaceNumber, Column::State])
        .into_tuple();
    let rows = rows.all(conn).await?.into_iter();
    Ok(rows.map(|(application, body, place, state)| Line { application, body, place, state }).collect())
}

async fn load_agency(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
    wanted: Wanted<'_>,
) -> Found<Vec<AtAgency>> {
    use agency_case::Column;
    let to_application = agency_case::Entity::belongs_to(application::Entity)
        .from(Column::ApplicationId)
        .to(application::Column::Id)
        .into();
    let select = agency_case::Entity::find()
        .join(JoinType::InnerJoin, to_application)
        .filter(application::Column::ExceptionId.eq(exception));
    let rows = narrowed(select, Column::ApplicationId, wanted)
        .select_only()
        .columns([Column::ApplicationId, Column::BodyId, Column::Status, Column::At])
        .into_tuple();
    let rows = rows.all(conn).await?.into_iter();
    Ok(rows.map(|(application, body, status, at)| AtAgency { application, body, status, at }).collect())
}

impl Piece {
    /// Cuts all records where the first of those that may have more was cut; tells where, unless all have ended.
    fn cut(&mut self) -> Option<ApplicationId> {
        let full = [
            self.cases.get(AT_ONCE - 1).map(|one| one.application),
            self.held.get(AT_ONCE - 1).map(|one| one.application),
            self.lines.get(AT_ONCE - 1).map(|one| one.application),
            self.agency.get(AT_ONCE - 1).map(|one| one.application),
        ];
        let end = full.into_iter().flatten().min()?;
        self.cases.retain(|one| one.application <= end);
        self.held.retain(|one| one.application <= end);
        self.lines.retain(|one| one.application <= end);
        self.agency.retain(|one| one.application <= end);
        Some(end)
    }

    /// Adds where those stand that are no nominations and that another record knows.
    async fn complete(&mut self, conn: &impl ConnectionTrait) -> Found<()> {
        let known: BTreeSet<ApplicationId> = self.cases.iter().map(|one| one.application).collect();
        let held = self.held.iter().map(|one| one.application);
        let lines = self.lines.iter().map(|one| one.application);
        let named = held.chain(lines).chain(self.agency.iter().map(|one| one.application));
        let missing: BTreeSet<ApplicationId> = named.filter(|id| !known.contains(id)).collect();
        if !missing.is_empty() {
            let select = application::Entity::find().filter(application::Column::Id.is_in(missing));
            self.cases.extend(load_cases(conn, select).await?);
            self.cases.sort_unstable_by_key(|one| one.application);
        }
        Ok(())
    }
}
