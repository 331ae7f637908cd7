//! What is sealed and fingerprinted, wherever it stands: by which key, and written anew.
//!
//! A seal begins with its format and the id of its key, so that a statement tells by four bytes what is to be done.

use entity::{
    AgencyMessageId, AmendmentId, ApplicationId, DeploymentKeyState, DiscrepancyId, ReleaseId, agency_case,
    agency_message, amendment, application, deployment_key, discrepancy, release_line, worker,
    worker_fingerprint,
};
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set, Statement, Value,
};
use uuid::Uuid;

use super::batch::AT_ONCE;
use crate::applications::actions::passport_place;
use crate::db::{Gate, Tx};
use crate::error::Found;
use crate::keys::PassportPlace;

/// Everything that is sealed: table and column.
const SEALED: [(&str, &str); 7] = [
    ("worker", "passport_sealed"),
    ("amendment", "passport_sealed"),
    ("agency_case", "told_sealed"),
    ("discrepancy", "ours_sealed"),
    ("discrepancy", "theirs_sealed"),
    ("release_line", "content_sealed"),
    ("agency_message", "content_sealed"),
];

/// What is kept sealed of an application.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kept {
    /// The worker's passport, by the application.
    Passport,
    /// That of a correction, by the correction.
    Correction,
    /// What the agency told, by the application.
    Told,
}

/// Whether a column has a seal of another key than `$1`. What was purged is empty.
fn is_stale(column: &str) -> String {
    format!("(length({column}) > 0 AND substr({column}, 2, 4) <> $1)")
}

fn statement(backend: DbBackend, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(backend, sql, values)
}

fn bytes(id: &[u8]) -> Value {
    Value::from(id.to_vec())
}

#[derive(FromQueryResult)]
struct Id<T: sea_orm::TryGetable> {
    id: T,
}

/// Applications of the gate's exception, in order of id, whose passport, correction or details that the agency told are not
/// sealed with the key of this id, or whose worker has no fingerprint under this number.
pub(super) async fn stale_workers(
    gate: &Gate<'_>,
    id: &[u8],
    number: i32,
    after: Option<ApplicationId>,
) -> Found<Vec<ApplicationId>> {
    let sql = format!(
        "SELECT application.id AS id FROM application JOIN worker ON worker.application_id = application.id \
         WHERE application.exception_id = $2 AND application.id > $3 AND ({} \
         OR (worker.passport_sealed IS NOT NULL AND NOT EXISTS (SELECT 1 FROM worker_fingerprint AS print \
             WHERE print.application_id = application.id AND print.key_version = $4)) \
         OR EXISTS (SELECT 1 FROM amendment WHERE amendment.application_id = application.id AND {}) \
         OR EXISTS (SELECT 1 FROM agency_case WHERE agency_case.application_id = application.id AND {})) \
         ORDER BY application.id LIMIT {AT_ONCE}",
        is_stale("worker.passport_sealed"),
        is_stale("amendment.passport_sealed"),
        is_stale("agency_case.told_sealed"),
    );
    let after = after.map(|id| id.0).unwrap_or_default();
    let values = [bytes(id), gate.exception().0.into(), after.into(), number.into()];
    let statement = statement(gate.tx().backend(), &sql, values);
    let rows = Id::<ApplicationId>::find_by_statement(statement).all(gate.tx().conn()).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Those of these applications that nobody else holds, held from now on.
pub(super) async fn lock_free(gate: &Gate<'_>, ids: &[ApplicationId]) -> Found<Vec<ApplicationId>> {
    let mut select = application::Entity::find()
        .select_only()
        .column(application::Column::Id)
        .filter(application::Column::Id.is_in(ids.iter().copied()));
    if gate.tx().backend() == DbBackend::Postgres {
        select = select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    Ok(select.into_tuple().all(gate.tx().conn()).await?)
}

/// The workers of applications that are held.
pub(super) async fn load_workers(gate: &Gate<'_>, ids: &[ApplicationId]) -> Found<Vec<worker::Model>> {
    let of = worker::Column::ApplicationId.is_in(ids.iter().copied());
    Ok(worker::Entity::find().filter(of).all(gate.tx().conn()).await?)
}

/// The passports of corrections of applications that are held, each with the place that it is sealed for.
pub(super) async fn load_amended(
    gate: &Gate<'_>,
    ids: &[ApplicationId],
) -> Found<Vec<(AmendmentId, PassportPlace, Vec<u8>)>> {
    let rows = amendment::Entity::find()
        .filter(amendment::Column::ApplicationId.is_in(ids.iter().copied()))
        .filter(amendment::Column::PassportSealed.is_not_null())
        .all(gate.tx().conn())
        .await?;
    let workers = load_workers(gate, ids).await?;
    let place = |row: amendment::Model| {
        let worker = workers.iter().find(|worker| worker.application_id == row.application_id)?;
        Some((row.id, passport_place(worker), row.passport_sealed.filter(|sealed| !sealed.is_empty())?))
    };
    Ok(rows.into_iter().filter_map(place).collect())
}

/// What the agency told of applications that are held.
pub(super) async fn load_told(
    gate: &Gate<'_>,
    ids: &[ApplicationId],
) -> Found<Vec<(ApplicationId, Vec<u8>)>> {
    let rows = agency_case::Entity::find()
        .filter(agency_case::Column::ApplicationId.is_in(ids.iter().copied()))
        .filter(agency_case::Column::ToldSealed.is_not_null())
        .all(gate.tx().conn())
        .await?;
    let told = |row: agency_case::Model| Some((row.application_id, row.told_sealed?));
    Ok(rows.into_iter().filter_map(told).filter(|(_, sealed)| !sealed.is_empty()).collect())
}

/// Writes something that is sealed anew, where it is still what was read.
pub(super) async fn save_sealed(
    gate: &Gate<'_>,
    (kept, id): (Kept, Uuid),
    before: &[u8],
    anew: Vec<u8>,
) -> Found<u64> {
    if before == anew {
        return Ok(0);
    }
    let (table, column, key) = match kept {
        Kept::Passport => ("worker", "passport_sealed", "application_id"),
        Kept::Correction => ("amendment", "passport_sealed", "id"),
        Kept::Told => ("agency_case", "told_sealed", "application_id"),
    };
    let sql = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2 AND {column} = $3");
    let values = [anew.into(), id.into(), bytes(before)];
    let changed = gate.tx().conn().execute_raw(statement(gate.tx().backend(), &sql, values)).await?;
    Ok(changed.rows_affected())
}

/// Keeps pairs that people told apart apart by their new fingerprints as well.
pub(super) async fn tell_apart_anew(gate: &Gate<'_>, number: i32) -> Found<()> {
    let sql = "INSERT INTO told_apart (application_id, other_id, matched, discrepancy_id, at) \
         SELECT DISTINCT pair.application_id, pair.other_id, new.fingerprint, pair.discrepancy_id, pair.at \
         FROM told_apart AS pair \
         JOIN worker_fingerprint AS old ON old.application_id = pair.application_id \
             AND old.fingerprint = pair.matched AND old.key_version <> $1 AND old.exception_id = $2 \
         JOIN worker_fingerprint AS new ON new.application_id = pair.application_id AND new.key_version = $1 \
         WHERE NOT EXISTS (SELECT 1 FROM told_apart AS known WHERE known.application_id = pair.application_id \
             AND known.other_id = pair.other_id AND known.matched = new.fingerprint)";
    let values = [number.into(), gate.exception().0.into()];
    gate.tx().conn().execute_raw(statement(gate.tx().backend(), sql, values)).await?;
    Ok(())
}

/// The next discrepancies, in order of id.
pub(super) async fn discrepancies_after(tx: &Tx, after: Option<DiscrepancyId>) -> Found<Vec<DiscrepancyId>> {
    let mut select = discrepancy::Entity::find()
        .select_only()
        .column(discrepancy::Column::Id)
        .order_by_asc(discrepancy::Column::Id)
        .limit(AT_ONCE);
    if let Some(after) = after {
        select = select.filter(discrepancy::Column::Id.gt(after));
    }
    Ok(select.into_tuple().all(tx.conn()).await?)
}

/// Those of these discrepancies that nobody else holds, held from now on.
pub(super) async fn lock_discrepancies(tx: &Tx, ids: &[DiscrepancyId]) -> Found<Vec<discrepancy::Model>> {
    let mut select = discrepancy::Entity::find().filter(discrepancy::Column::Id.is_in(ids.iter().copied()));
    if tx.backend() == DbBackend::Postgres {
        select = select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    Ok(select.all(tx.conn()).await?)
}

/// Writes a discrepancy that is held.
pub(super) async fn save_discrepancy(tx: &Tx, row: discrepancy::Model) -> Found<()> {
    row.into_active_model().reset_all().update(tx.conn()).await?;
    Ok(())
}

/// Lines that are not sealed with the key of this id, in order of release and application.
pub(super) async fn stale_lines(
    tx: &Tx,
    id: &[u8],
    after: Option<(ReleaseId, ApplicationId)>,
) -> Found<Vec<release_line::Model>> {
    let sql = format!(
        "SELECT * FROM release_line WHERE {} AND (release_id, application_id) > ($2, $3) \
         ORDER BY release_id, application_id LIMIT {AT_ONCE}",
        is_stale("content_sealed")
    );
    let (release, application) = after.map(|(one, other)| (one.0, other.0)).unwrap_or_default();
    let values = [bytes(id), release.into(), application.into()];
    let statement = statement(tx.backend(), &sql, values);
    Ok(release_line::Model::find_by_statement(statement).all(tx.conn()).await?)
}

/// Writes what a line says anew; its text is the same.
pub(super) async fn save_line(tx: &Tx, line: &release_line::Model, anew: Vec<u8>) -> Found<u64> {
    let changed = release_line::Entity::update_many()
        .set(release_line::ActiveModel { content_sealed: Set(anew), ..Default::default() })
        .filter(release_line::Column::ReleaseId.eq(line.release_id))
        .filter(release_line::Column::ApplicationId.eq(line.application_id))
        .filter(release_line::Column::ContentSealed.eq(line.content_sealed.clone()))
        .exec(tx.conn())
        .await?;
    Ok(changed.rows_affected)
}

/// Messages of the agency that are not sealed with the key of this id, in order of id.
pub(super) async fn stale_messages(
    tx: &Tx,
    id: &[u8],
    after: Option<AgencyMessageId>,
) -> Found<Vec<agency_message::Model>> {
    let sql = format!(
        "SELECT * FROM agency_message WHERE {} AND id > $2 ORDER BY id LIMIT {AT_ONCE}",
        is_stale("content_sealed")
    );
    let after = after.map(|id| id.0).unwrap_or_default();
    let statement = statement(tx.backend(), &sql, [bytes(id), after.into()]);
    Ok(agency_message::Model::find_by_statement(statement).all(tx.conn()).await?)
}

/// Writes a message anew, with the keyed hash of the same text.
pub(super) async fn save_message(
    tx: &Tx,
    message: &agency_message::Model,
    anew: Vec<u8>,
    digest: Vec<u8>,
) -> Found<u64> {
    let changed = agency_message::Entity::update_many()
        .set(agency_message::ActiveModel {
            content_sealed: Set(anew),
            digest: Set(digest),
            ..Default::default()
        })
        .filter(agency_message::Column::Id.eq(message.id))
        .filter(agency_message::Column::ContentSealed.eq(message.content_sealed.clone()))
        .exec(tx.conn())
        .await?;
    Ok(changed.rows_affected)
}

/// Whether anything is sealed with another key than that of this id, or a worker has no fingerprint under this number.
pub(super) async fn is_anything_left(tx: &Tx, id: &[u8], number: i32) -> Found<bool> {
    for (table, column) in SEALED {
        let sql = format!("SELECT 1 AS found FROM {table} WHERE {} LIMIT 1", is_stale(column));
        if tx.conn().query_one_raw(statement(tx.backend(), &sql, [bytes(id)])).await?.is_some() {
            return Ok(true);
        }
    }
    let sql = "SELECT 1 AS found FROM worker WHERE passport_sealed IS NOT NULL AND NOT EXISTS ( \
         SELECT 1 FROM worker_fingerprint AS print WHERE print.application_id = worker.application_id \
         AND print.key_version = $1) LIMIT 1";
    Ok(tx.conn().query_one_raw(statement(tx.backend(), sql, [number.into()])).await?.is_some())
}

/// Forgets fingerprints under all keys but this one, in one statement: until then those of the oldest key are whole.
pub(super) async fn delete_fingerprints_but(tx: &Tx, number: i32) -> Found<()> {
    let others = worker_fingerprint::Column::KeyVersion.ne(number);
    worker_fingerprint::Entity::delete_many().filter(others).exec(tx.conn()).await?;
    Ok(())
}

/// Adds a key that comes into use.
pub(super) async fn add_key(tx: &Tx, row: deployment_key::Model) -> Found<()> {
    deployment_key::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Says what a key is from now on.
pub(super) async fn save_key(tx: &Tx, number: i32, state: DeploymentKeyState) -> Found<()> {
    deployment_key::Entity::update_many()
        .set(deployment_key::ActiveModel { state: Set(state), since: Set(tx.now()), ..Default::default() })
        .filter(deployment_key::Column::Number.eq(number))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// How much the key of this id has sealed.
pub(super) async fn count_seals(conn: &impl ConnectionTrait, id: &[u8]) -> Found<u64> {
    let mut count = 0;
    for (table, column) in SEALED {
        let sql = format!("SELECT COUNT(*) AS count FROM {table} WHERE substr({column}, 2, 4) = $1");
        let row = conn.query_one_raw(statement(conn.get_database_backend(), &sql, [bytes(id)])).await?;
        let found: i64 = row.map(|row| row.try_get("", "count")).transpose()?.unwrap_or_default();
        count += u64::try_from(found).unwrap_or_default();
    }
    Ok(count)
}

/// How many fingerprints there are under a key.
pub(super) async fn count_fingerprints(conn: &impl ConnectionTrait, number: i32) -> Found<u64> {
    let of = worker_fingerprint::Column::KeyVersion.eq(number);
    Ok(worker_fingerprint::Entity::find().filter(of).count(conn).await?)
}
