//! Ballots themselves, and what the bodies do in them.

use std::collections::HashMap;

use entity::{
    BallotId, BodyId, ExceptionId, ballot, ballot_body, ballot_commitment, ballot_end, ballot_incident,
    ballot_secret, body, class_exception, live_ballot,
};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};

use crate::ballots::record::{PartRecord, Record};
use crate::db::{Gate, Tx};
use crate::error::{Fault, Found};

/// The ballot with this id.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(conn: &impl ConnectionTrait, id: BallotId) -> Found<Option<ballot::Model>> {
    Ok(ballot::Entity::find_by_id(id).one(conn).await?)
}

/// The ballot of an exception with this number.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_by_number(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
    number: i32,
) -> Found<Option<ballot::Model>> {
    let select = ballot::Entity::find()
        .filter(ballot::Column::ExceptionId.eq(exception))
        .filter(ballot::Column::Number.eq(number));
    Ok(select.one(conn).await?)
}

/// All ballots of these exceptions, by number: the first, and one for each that was voided before. Few.
///
/// # Errors
/// Where the database does not answer.
pub async fn of_exceptions(
    conn: &impl ConnectionTrait,
    exceptions: &[ExceptionId],
) -> Found<Vec<ballot::Model>> {
    let select = ballot::Entity::find()
        .filter(ballot::Column::ExceptionId.is_in(exceptions.iter().copied()))
        .order_by_asc(ballot::Column::ExceptionId)
        .order_by_asc(ballot::Column::Number);
    Ok(select.all(conn).await?)
}

/// The ballots with these ids.
///
/// # Errors
/// Where the database does not answer.
pub async fn load(conn: &impl ConnectionTrait, ids: &[BallotId]) -> Found<Vec<ballot::Model>> {
    Ok(ballot::Entity::find().filter(ballot::Column::Id.is_in(ids.iter().copied())).all(conn).await?)
}

/// The newest ballot of an exception.
///
/// # Errors
/// Where the database does not answer.
pub async fn last_of(gate: &Gate<'_>) -> Found<Option<ballot::Model>> {
    let select = ballot::Entity::find()
        .filter(ballot::Column::ExceptionId.eq(gate.exception()))
        .order_by_desc(ballot::Column::Number);
    Ok(select.one(gate.tx().conn()).await?)
}

/// The ballot of an exception that has not ended.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_live(conn: &impl ConnectionTrait, exception: ExceptionId) -> Found<Option<BallotId>> {
    let live = live_ballot::Entity::find_by_id(exception).one(conn).await?;
    Ok(live.map(|live| live.ballot_id))
}

/// The ballots that have not ended, one an exception at most.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_live(conn: &impl ConnectionTrait) -> Found<Vec<live_ballot::Model>> {
    Ok(live_ballot::Entity::find().all(conn).await?)
}

/// Keeps a new ballot with the bodies that take part. It is the one that goes on from here.
///
/// # Errors
/// Where the database refuses, as it does for a second one beside it.
pub async fn insert(gate: &Gate<'_>, row: ballot::Model, bodies: &[BodyId]) -> Found<()> {
    let (conn, ballot_id, exception_id) = (gate.tx().conn(), row.id, row.exception_id);
    ballot::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    let parts =
        bodies.iter().map(|body| ballot_body::Model { ballot_id, body_id: *body }.into_active_model());
    ballot_body::Entity::insert_many(parts).exec_without_returning(conn).await?;
    let live = live_ballot::ActiveModel { exception_id: Set(exception_id), ballot_id: Set(ballot_id) };
    live_ballot::Entity::insert(live).exec_without_returning(conn).await?;
    Ok(())
}

/// Keeps what a body commits to.
///
/// # Errors
/// Where the database refuses, as it does for a second commitment.
pub async fn insert_commitment(tx: &Tx, row: ballot_commitment::Model) -> Found<()> {
    ballot_commitment::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Keeps the secret that a body reveals.
///
/// # Errors
/// Where the database refuses, as it does for a second secret.
pub async fn insert_secret(tx: &Tx, row: ballot_secret::Model) -> Found<()> {
    ballot_secret::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Puts incidents on record. One of a kind that is there for a body stays what it was.
///
/// # Errors
/// Where the database refuses.
pub async fn insert_incidents(tx: &Tx, rows: Vec<ballot_incident::Model>) -> Found<()> {
    use ballot_incident::Column;
    if rows.is_empty() {
        return Ok(());
    }
    ballot_incident::Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(
            OnConflict::columns([Column::BallotId, Column::BodyId, Column::Kind]).do_nothing().to_owned(),
        )
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// A ballot with what happened in it.
///
/// # Errors
/// Where the database does not answer.
pub async fn record(conn: &impl ConnectionTrait, ballot: ballot::Model) -> Found<Record> {
    let found = records(conn, vec![ballot]).await?.pop();
    found.ok_or_else(|| Fault::stored("ballot", "its class exception is gone"))
}

/// Ballots with what happened in them, in the order given: a statement for each table, however many they are.
///
/// # Errors
/// Where the database does not answer.
pub async fn records(conn: &impl ConnectionTrait, ballots: Vec<ballot::Model>) -> Found<Vec<Record>> {
    let ids: Vec<_> = ballots.iter().map(|ballot| ballot.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (ids, exceptions) = (&ids, ballots.iter().map(|ballot| ballot.exception_id));
    let slugs: HashMap<ExceptionId, String> = class_exception::Entity::find()
        .filter(class_exception::Column::Id.is_in(exceptions))
        .all(conn)
        .await?
        .into_iter()
        .map(|exception| (exception.id, exception.slug))
        .collect();
    let incidents =
        ballot_incident::Entity::find().filter(ballot_incident::Column::BallotId.is_in(ids.iter().copied()));
    let incidents = incidents.all(conn).await?;
    let ends = ballot_end::Entity::find().filter(ballot_end::Column::BallotId.is_in(ids.iter().copied()));
    let ends = ends.all(conn).await?;
    let mut parts = parts_of(conn, ids).await?;
    let whole = ballots.into_iter().filter_map(|ballot| {
        Some(Record {
            exception: slugs.get(&ballot.exception_id)?.clone(),
            parts: parts.remove(&ballot.id).unwrap_or_default(),
            incidents: incidents.iter().filter(|one| one.ballot_id == ballot.id).cloned().collect(),
            end: ends.iter().find(|one| one.ballot_id == ballot.id).cloned(),
            ballot,
        })
    });
    Ok(whole.collect())
}

/// What the bodies have done in each ballot, in order of slug.
async fn parts_of(
    conn: &impl ConnectionTrait,
    ids: &[BallotId],
) -> Found<HashMap<BallotId, Vec<PartRecord>>> {
    let ids = || ids.iter().copied();
    let members =
        ballot_body::Entity::find().filter(ballot_body::Column::BallotId.is_in(ids())).all(conn).await?;
    let bodies = body::Entity::find()
        .filter(body::Column::Id.is_in(members.iter().map(|member| member.body_id)))
        .order_by_asc(body::Column::Slug)
        .all(conn)
        .await?;
    let commitments =
        ballot_commitment::Entity::find().filter(ballot_commitment::Column::BallotId.is_in(ids()));
    let commitments = commitments.all(conn).await?;
    let secrets = ballot_secret::Entity::find().filter(ballot_secret::Column::BallotId.is_in(ids()));
    let secrets = secrets.all(conn).await?;
    let mut parts = HashMap::<_, Vec<_>>::new();
    for body in bodies {
        for member in members.iter().filter(|member| member.body_id == body.id) {
            let ballot = member.ballot_id;
            let commitment = commitments.iter().find(|row| row.ballot_id == ballot && row.body_id == body.id);
            let secret = secrets.iter().find(|row| row.ballot_id == ballot && row.body_id == body.id);
            let (commitment, secret) = (commitment.cloned(), secret.cloned());
            parts.entry(ballot).or_default().push(PartRecord { body: body.clone(), commitment, secret });
        }
    }
    Ok(parts)
}
