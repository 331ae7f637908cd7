//! Every query of the check. All read one snapshot; what may be large is read in pieces, in order of key, with one
//! statement a table and piece.

pub(super) mod releases;

use std::collections::HashMap;

use entity::{
    ApplicationId, BallotId, BodyId, EmployerId, EventKind, ExceptionId, ReconciliationId, application,
    application_word, assessment, assessment_round, ballot_entry, ballot_result, body, class_exception,
    class_exception_body, class_exception_revision, conflict, employer, evidence, frontend, frontend_client,
    frontend_origin, history_event, idempotency, imported_row, installation, issuer, place, place_movement,
    queue_entry, reconciliation, worker, worker_fingerprint,
};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, RelationDef, Statement,
};

use super::{Facts, Frame};
use crate::db::Snapshot;
use crate::error::Found;
use crate::reconciliation::store::runs::{self, Run};
use crate::tenancy::SystemScope;

/// Applications that are read at once.
const BATCH: usize = 1_000;
/// How many of a kind of fault are read that no application leads to.
const MOST_READ: u64 = 100;

pub(super) async fn is_installed(snapshot: &Snapshot) -> Found<bool> {
    Ok(installation::Entity::find().count(snapshot.conn()).await? == 1)
}

/// The names of frontends that nobody can use: without an origin, or without a client.
pub(super) async fn load_shut_frontends(snapshot: &Snapshot) -> Found<Vec<String>> {
    let origins =
        Query::select().column(frontend_origin::Column::FrontendId).from(frontend_origin::Entity).to_owned();
    let clients =
        Query::select().column(frontend_client::Column::FrontendId).from(frontend_client::Entity).to_owned();
    let lacking = Condition::any()
        .add(frontend::Column::Id.not_in_subquery(origins))
        .add(frontend::Column::Id.not_in_subquery(clients));
    let select = frontend::Entity::find().select_only().column(frontend::Column::Name).filter(lacking);
    let select = select.order_by_asc(frontend::Column::Name).limit(MOST_READ);
    Ok(select.into_tuple().all(snapshot.conn()).await?)
}

/// The clients of frontends of which no token could be theirs.
pub(super) async fn load_strange_clients(snapshot: &Snapshot) -> Found<Vec<String>> {
    let to_issuer = frontend_client::Entity::belongs_to(issuer::Entity)
        .from(frontend_client::Column::IssuerId)
        .to(issuer::Column::Id)
        .into();
    let own = Expr::col((issuer::Entity, issuer::Column::ClientId))
        .equals((frontend_client::Entity, frontend_client::Column::ClientId));
    let select = frontend_client::Entity::find()
        .select_only()
        .column(frontend_client::Column::ClientId)
        .join(JoinType::InnerJoin, to_issuer)
        .filter(Condition::any().add(own).add(issuer::Column::Audience.is_null()))
        .order_by_asc(frontend_client::Column::ClientId)
        .limit(MOST_READ);
    Ok(select.into_tuple().all(snapshot.conn()).await?)
}

/// Keys without an answer, by act.
pub(super) async fn load_unanswered(snapshot: &Snapshot) -> Found<Vec<(String, String)>> {
    let select = idempotency::Entity::find()
        .select_only()
        .columns([idempotency::Column::Act, idempotency::Column::Key])
        .filter(idempotency::Column::Answer.is_null())
        .order_by_asc(idempotency::Column::Act)
        .order_by_asc(idempotency::Column::Key)
        .limit(MOST_READ);
    Ok(select.into_tuple().all(snapshot.conn()).await?)
}

pub(super) async fn load_exceptions(snapshot: &Snapshot) -> Found<Vec<class_exception::Model>> {
    Ok(class_exception::Entity::find().all(snapshot.conn()).await?)
}

/// The numbers of all revisions, in order.
pub(super) async fn load_revisions(snapshot: &Snapshot) -> Found<Vec<(ExceptionId, i32)>> {
    use class_exception_revision::{Column, Entity};
    let select = Entity::find()
        .select_only()
        .columns([Column::ExceptionId, Column::Revision])
        .order_by_asc(Column::ExceptionId)
        .order_by_asc(Column::Revision);
    Ok(select.into_tuple().all(snapshot.conn()).await?)
}

/// All revisions, with their terms.
pub(super) async fn load_terms(snapshot: &Snapshot) -> Found<Vec<class_exception_revision::Model>> {
    use class_exception_revision::{Column, Entity};
    let select = Entity::find().order_by_asc(Column::ExceptionId).order_by_asc(Column::Revision);
    Ok(select.all(snapshot.conn()).await?)
}

/// What history says of files that were applied, by class exception.
pub(super) async fn load_applied(
    snapshot: &Snapshot,
) -> Found<Vec<(Option<ExceptionId>, serde_json::Value)>> {
    use history_event::{Column, Entity};
    let select = Entity::find()
        .select_only()
        .columns([Column::ExceptionId, Column::Detail])
        .filter(Column::Kind.eq(EventKind::ExceptionApplied))
        .order_by_asc(Column::Id);
    Ok(select.into_tuple().all(snapshot.conn()).await?)
}

/// The bodies with the prefix of their references.
pub(super) async fn load_bodies(snapshot: &Snapshot) -> Found<Vec<(BodyId, String)>> {
    let select = body::Entity::find().select_only().columns([body::Column::Id, body::Column::Prefix]);
    Ok(select.into_tuple().all(snapshot.conn()).await?)
}

pub(super) async fn load_members(snapshot: &Snapshot) -> Found<Vec<(ExceptionId, BodyId)>> {
    use class_exception_body::{Column, Entity};
    let select = Entity::find().select_only().columns([Column::ExceptionId, Column::BodyId]);
    Ok(select.into_tuple().all(snapshot.conn()).await?)
}

/// The places that name a holder, whatever their state.
pub(super) async fn load_held(snapshot: &Snapshot) -> Found<Vec<place::Model>> {
    let select = place::Entity::find()
        .filter(place::Column::ApplicationId.is_not_null())
        .order_by_asc(place::Column::ExceptionId)
        .order_by_asc(place::Column::Number);
    Ok(select.all(snapshot.conn()).await?)
}

/// Places of an exception from behind number `after` on, at most [`BATCH`], in order.
pub(super) async fn load_places(
    snapshot: &Snapshot,
    exception: ExceptionId,
    after: i32,
) -> Found<Vec<place::Model>> {
    let select = place::Entity::find()
        .filter(place::Column::ExceptionId.eq(exception))
        .filter(place::Column::Number.gt(after))
        .order_by_asc(place::Column::Number)
        .limit(BATCH as u64);
    Ok(select.all(snapshot.conn()).await?)
}

/// The movements of these places, by place and number.
pub(super) async fn load_movements(
    snapshot: &Snapshot,
    exception: ExceptionId,
    (after, last): (i32, i32),
) -> Found<Vec<place_movement::Model>> {
    let select = place_movement::Entity::find()
        .filter(place_movement::Column::ExceptionId.eq(exception))
        .filter(place_movement::Column::PlaceNumber.gt(after))
        .filter(place_movement::Column::PlaceNumber.lte(last))
        .order_by_asc(place_movement::Column::PlaceNumber)
        .order_by_asc(place_movement::Column::Movement);
    Ok(select.all(snapshot.conn()).await?)
}

/// When the file of an exception last changed it.
pub(super) async fn last_applied(
    snapshot: &Snapshot,
    exception: ExceptionId,
) -> Found<Option<chrono::DateTime<chrono::Utc>>> {
    let select = history_event::Entity::find()
        .select_only()
        .column(history_event::Column::At)
        .filter(history_event::Column::ExceptionId.eq(exception))
        .filter(history_event::Column::Kind.eq(EventKind::ExceptionApplied))
        .order_by_desc(history_event::Column::At);
    Ok(select.into_tuple().one(snapshot.conn()).await?)
}

/// References by id.
pub(super) async fn load_references(
    snapshot: &Snapshot,
    ids: &[ApplicationId],
) -> Found<HashMap<ApplicationId, String>> {
    let select = application::Entity::find()
        .select_only()
        .columns([application::Column::Id, application::Column::Reference])
        .filter(application::Column::Id.is_in(ids.iter().copied()));
    let rows: Vec<(ApplicationId, String)> = select.into_tuple().all(snapshot.conn()).await?;
    Ok(rows.into_iter().collect())
}

/// The ranks that a draw gave.
pub(super) async fn load_ranks(snapshot: &Snapshot, ballot: BallotId) -> Found<Vec<(ApplicationId, i32)>> {
    let to_entry: RelationDef = ballot_result::Entity::belongs_to(ballot_entry::Entity)
        .from((ballot_result::Column::BallotId, ballot_result::Column::Entry))
        .to((ballot_entry::Column::BallotId, ballot_entry::Column::Entry))
        .into();
    let select = ballot_result::Entity::find()
        .select_only()
        .column(ballot_entry::Column::ApplicationId)
        .column(ballot_result::Column::Rank)
        .join(JoinType::InnerJoin, to_entry)
        .filter(ballot_result::Column::BallotId.eq(ballot));
    Ok(select.into_tuple().all(snapshot.conn()).await?)
}

/// Whoever waits, with the reference and the rank of the draw.
pub(super) async fn load_queue_ranks(
    snapshot: &Snapshot,
    exception: ExceptionId,
) -> Found<Vec<(ApplicationId, String, Option<i32>)>> {
    let to_application: RelationDef = queue_entry::Entity::belongs_to(application::Entity)
        .from(queue_entry::Column::ApplicationId)
        .to(application::Column::Id)
        .into();
    let select = queue_entry::Entity::find()
        .select_only()
        .column(queue_entry::Column::ApplicationId)
        .column(application::Column::Reference)
        .column(queue_entry::Column::DrawRank)
        .join(JoinType::InnerJoin, to_application)
        .filter(queue_entry::Column::ExceptionId.eq(exception))
        .order_by_asc(application::Column::Reference);
    Ok(select.into_tuple().all(snapshot.conn()).await?)
}

/// Two applications that hold a place for one worker, by their references.
#[derive(Debug, FromQueryResult)]
pub(super) struct SameWorker {
    pub(super) one: String,
    pub(super) other: String,
}

pub(super) async fn load_doubles(snapshot: &Snapshot) -> Found<Vec<SameWorker>> {
    let sql = format!(
        "SELECT a.reference AS one, b.reference AS other \
         FROM worker_fingerprint AS mine \
         JOIN worker_fingerprint AS theirs ON theirs.exception_id = mine.exception_id \
             AND theirs.key_version = mine.key_version AND theirs.fingerprint = mine.fingerprint \
             AND theirs.application_id > mine.application_id \
         JOIN application AS a ON a.id = mine.application_id \
         JOIN application AS b ON b.id = theirs.application_id \
         WHERE mine.holds_place AND theirs.holds_place ORDER BY one, other LIMIT {MOST_READ}"
    );
    let statement = Statement::from_string(snapshot.backend(), sql);
    Ok(SameWorker::find_by_statement(statement).all(snapshot.conn()).await?)
}

/// References of the applications that a condition on `application` finds.
pub(super) async fn load_misfits(snapshot: &Snapshot, condition: &str) -> Found<Vec<String>> {
    let sql = format!(
        "SELECT application.reference AS reference FROM application WHERE {condition} \
         ORDER BY application.reference LIMIT {MOST_READ}"
    );
    let rows = snapshot.conn().query_all_raw(Statement::from_string(snapshot.backend(), sql)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "reference")).collect::<Result<_, _>>()?)
}

/// What a query that finds who breaks a rule is about, by its one column.
pub(super) async fn load_abouts(snapshot: &Snapshot, query: &str) -> Found<Vec<String>> {
    let sql = format!("{query} LIMIT {MOST_READ}");
    let rows = snapshot.conn().query_all_raw(Statement::from_string(snapshot.backend(), sql)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "about")).collect::<Result<_, _>>()?)
}

/// The next runs of reconciliation, whole, in order of id.
pub(super) async fn load_runs(snapshot: &Snapshot, after: Option<ReconciliationId>) -> Found<Vec<Run>> {
    use reconciliation::{Column, Entity};
    let mut select =
        Entity::find().select_only().column(Column::Id).order_by_asc(Column::Id).limit(MOST_READ);
    if let Some(after) = after {
        select = select.filter(Column::Id.gt(after));
    }
    let ids: Vec<ReconciliationId> = select.into_tuple().all(snapshot.conn()).await?;
    let scope = SystemScope::of("check").shared();
    let mut found = runs::load_by_ids(snapshot.conn(), &scope, &ids).await?;
    found.sort_unstable_by_key(|run| run.row.id);
    Ok(found)
}

/// Messages of the agency whose lines are not those that they count, by the agency's ids.
pub(super) async fn load_messages_that_lack_lines(snapshot: &Snapshot) -> Found<Vec<String>> {
    let count = |fate: &str| {
        format!(
            "(SELECT COUNT(*) FROM agency_outcome AS said WHERE said.agency_message_id = agency_message.id \
             AND said.became = '{fate}')"
        )
    };
    let [applied, late, repeated, disputed] = ["APPLIED", "LATE", "REPEATED", "DISPUTED"].map(count);
    let sql = format!(
        "SELECT message_id FROM agency_message WHERE applied <> {applied} OR late <> {late} \
         OR repeated <> {repeated} OR disputed <> {disputed} ORDER BY message_id LIMIT {MOST_READ}"
    );
    let rows = snapshot.conn().query_all_raw(Statement::from_string(snapshot.backend(), sql)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "message_id")).collect::<Result<_, _>>()?)
}

/// How often something happened to an application, and when first.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Tally {
    pub(super) application_id: ApplicationId,
    pub(super) kind: EventKind,
    pub(super) body_id: Option<BodyId>,
    pub(super) count: i64,
    pub(super) first_at: chrono::DateTime<chrono::Utc>,
}

/// Whose a record of evidence is.
#[derive(Clone, Debug, FromQueryResult)]
#[expect(clippy::struct_field_names, reason = "they are the columns' names")]
pub(super) struct EvidenceOwner {
    pub(super) application_id: ApplicationId,
    pub(super) body_id: BodyId,
    pub(super) employer_id: EmployerId,
}

/// Applications with all that hangs on them.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) applications: Vec<application::Model>,
    /// Where the next one goes on; none after the last.
    pub(super) last: Option<ApplicationId>,
    employers: HashMap<EmployerId, Vec<employer::Model>>,
    workers: HashMap<ApplicationId, Vec<worker::Model>>,
    words: HashMap<ApplicationId, Vec<application_word::Model>>,
    fingerprints: HashMap<ApplicationId, Vec<worker_fingerprint::Model>>,
    findings: HashMap<ApplicationId, Vec<assessment::Model>>,
    rounds: HashMap<ApplicationId, Vec<assessment_round::Model>>,
    evidence: HashMap<ApplicationId, Vec<EvidenceOwner>>,
    entries: HashMap<ApplicationId, Vec<queue_entry::Model>>,
    events: HashMap<ApplicationId, Vec<Tally>>,
    imported: HashMap<ApplicationId, Vec<imported_row::Model>>,
    conflicts: HashMap<EmployerId, Vec<conflict::Model>>,
}

impl Batch {
    pub(super) fn facts<'a>(&'a self, application: &'a application::Model, frame: &'a Frame) -> Facts<'a> {
        let id = application.id;
        let exception = frame.exceptions.get(&application.exception_id);
        let known = frame.terms.get(&(application.exception_id, application.terms_revision));
        Facts {
            application,
            exception,
            prefix: frame.prefixes.get(&application.body_id).map(String::as_str),
            is_member: frame.members.contains(&(application.exception_id, application.body_id)),
            known: known.map(AsRef::as_ref),
            employer: of(&self.employers, &application.employer_id).first(),
            worker: of(&self.workers, &id).first(),
            words: of(&self.words, &id),
            fingerprints: of(&self.fingerprints, &id),
            sealing: &frame.sealing,
            findings: of(&self.findings, &id),
            rounds: of(&self.rounds, &id),
            evidence: of(&self.evidence, &id),
            conflicts: of(&self.conflicts, &application.employer_id),
            entry: of(&self.entries, &id).first(),
            place: frame.held.get(&id),
            events: of(&self.events, &id),
            imported: of(&self.imported, &id).first(),
        }
    }
}

fn of<'a, Id: Eq + std::hash::Hash, T>(grouped: &'a HashMap<Id, Vec<T>>, id: &Id) -> &'a [T] {
    grouped.get(id).map_or(&[], Vec::as_slice)
}

fn grouped<Id: Eq + std::hash::Hash, T>(rows: Vec<T>, key: impl Fn(&T) -> Id) -> HashMap<Id, Vec<T>> {
    let mut groups: HashMap<Id, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

/// The applications behind `after`, in order of id, with all that hangs on them.
pub(super) async fn load_batch(snapshot: &Snapshot, after: Option<ApplicationId>) -> Found<Batch> {
    let conn = snapshot.conn();
    let applications = application::Entity::find()
        .filter(between(application::Column::Id, after, None))
        .order_by_asc(application::Column::Id)
        .limit(BATCH as u64)
        .all(conn)
        .await?;
    let last = applications.last().filter(|_| applications.len() == BATCH).map(|one| one.id);
    let workers = worker::Entity::find().filter(between(worker::Column::ApplicationId, after, last));
    let fingerprints = worker_fingerprint::Entity::find().filter(between(
        worker_fingerprint::Column::ApplicationId,
        after,
        last,
    ));
    let findings = assessment::Entity::find().filter(between(assessment::Column::ApplicationId, after, last));
    let rounds = assessment_round::Entity::find()
        .filter(between(assessment_round::Column::ApplicationId, after, last))
        .order_by_asc(assessment_round::Column::ApplicationId)
        .order_by_asc(assessment_round::Column::Round);
    let entries =
        queue_entry::Entity::find().filter(between(queue_entry::Column::ApplicationId, after, last));
    let imported =
        imported_row::Entity::find().filter(between(imported_row::Column::ApplicationId, after, last));
    let employers: std::collections::BTreeSet<EmployerId> =
        applications.iter().map(|one| one.employer_id).collect();
    let conflicts = conflict::Entity::find().filter(conflict::Column::EmployerId.is_in(employers.clone()));
    let employers = employer::Entity::find().filter(employer::Column::Id.is_in(employers));
    let words = application_word::Entity::find().filter(between(
        application_word::Column::ApplicationId,
        after,
        last,
    ));
    Ok(Batch {
        last,
        employers: grouped(employers.all(conn).await?, |one| one.id),
        workers: grouped(workers.all(conn).await?, |one| one.application_id),
        words: grouped(words.all(conn).await?, |one| one.application_id),
        fingerprints: grouped(fingerprints.all(conn).await?, |one| one.application_id),
        findings: grouped(findings.all(conn).await?, |one| one.application_id),
        rounds: grouped(rounds.all(conn).await?, |one| one.application_id),
        evidence: grouped(load_evidence(snapshot, after, last).await?, |one| one.application_id),
        entries: grouped(entries.all(conn).await?, |one| one.application_id),
        events: grouped(load_tallies(snapshot, after, last).await?, |one| one.application_id),
        imported: grouped(imported.all(conn).await?, |one| one.application_id),
        conflicts: grouped(conflicts.all(conn).await?, |one| one.employer_id),
        applications,
    })
}

async fn load_evidence(
    snapshot: &Snapshot,
    after: Option<ApplicationId>,
    last: Option<ApplicationId>,
) -> Found<Vec<EvidenceOwner>> {
    use evidence::Column;
    let select = evidence::Entity::find()
        .select_only()
        .columns([Column::ApplicationId, Column::BodyId, Column::EmployerId])
        .filter(Column::ApplicationId.is_not_null())
        .filter(between(Column::ApplicationId, after, last));
    Ok(select.into_model().all(snapshot.conn()).await?)
}

async fn load_tallies(
    snapshot: &Snapshot,
    after: Option<ApplicationId>,
    last: Option<ApplicationId>,
) -> Found<Vec<Tally>> {
    use history_event::Column;
    let select = history_event::Entity::find()
        .select_only()
        .columns([Column::ApplicationId, Column::Kind, Column::BodyId])
        .column_as(Column::Id.count(), "count")
        .column_as(Column::At.min(), "first_at")
        .filter(Column::ApplicationId.is_not_null())
        .filter(between(Column::ApplicationId, after, last))
        .group_by(Column::ApplicationId)
        .group_by(Column::Kind)
        .group_by(Column::BodyId);
    Ok(select.into_model().all(snapshot.conn()).await?)
}

/// Behind `after` and up to `last`; open where there is none.
fn between(column: impl ColumnTrait, after: Option<ApplicationId>, last: Option<ApplicationId>) -> Condition {
    Condition::all().add_option(after.map(|id| column.gt(id))).add_option(last.map(|id| column.lte(id)))
}
