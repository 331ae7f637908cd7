//! What anybody may fetch of a ballot, byte for byte: its list, and all that it takes to run it again.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{BallotId, BallotOutcome, BodyId, ballot_end, ballot_result, ballot_strike};
use sea_orm::ConnectionTrait;

use super::published::{
    Format, PublishedBallot, PublishedBeacon, PublishedDraw, PublishedIncident, PublishedPart,
    PublishedResult, PublishedStrike, PublishedVoid,
};
use super::record::{PartRecord, Record, count, hash};
use super::rules::{Beacon, Entries, verifiability};
use super::store;
use crate::error::{Fault, Found};

/// The bytes behind the digest of a ballot's list.
///
/// # Errors
/// Where the database does not answer.
pub async fn entries(conn: &impl ConnectionTrait, ballot: BallotId) -> Found<Vec<u8>> {
    let entries = Entries::new(store::load_entries(conn, ballot).await?);
    Ok(entries.map_err(|why| Fault::stored("entry of a ballot", why))?.file())
}

/// The document of a ballot, as it stands at `now`.
///
/// # Errors
/// Where the database does not answer, or something stored cannot be read.
pub async fn document(
    conn: &impl ConnectionTrait,
    record: &Record,
    now: DateTime<Utc>,
) -> Found<PublishedBallot> {
    let strikes = store::load_strikes(conn, record.ballot.id).await?;
    let results = match &record.end {
        Some(end) if end.outcome == BallotOutcome::Drawn => {
            store::load_results(conn, record.ballot.id).await?
        }
        Some(_) | None => Vec::new(),
    };
    publish(record, strikes, results, now)
}

/// The document of what was read.
///
/// # Errors
/// Where something stored cannot be read.
pub fn publish(
    record: &Record,
    strikes: Vec<ballot_strike::Model>,
    results: Vec<ballot_result::Model>,
    now: DateTime<Utc>,
) -> Found<PublishedBallot> {
    let (ballot, beacon) = (&record.ballot, record.beacon()?);
    let slugs: HashMap<BodyId, &str> =
        record.parts.iter().map(|part| (part.body.id, part.body.slug.as_str())).collect();
    let slug = |body: BodyId| {
        let slug = slugs.get(&body).copied().map(str::to_owned);
        slug.ok_or_else(|| Fault::stored("ballot", "a body acted in it that takes no part"))
    };
    let incident =
        |one: super::rules::Incident| PublishedIncident { kind: one.kind, body: one.body, at: one.at };
    Ok(PublishedBallot {
        format: Format::V1,
        scheme: record.scheme()?.to_string(),
        status: record.status(now)?,
        places: count(ballot.places)?,
        entry_count: count(ballot.entry_count)?,
        entries_digest: record.entries_digest()?,
        opened_at: ballot.opened_at,
        opened_by: slug(ballot.body_id)?,
        commit_by: ballot.commit_by,
        reveal_by: ballot.reveal_by,
        beacon: beacon.map(|beacon| published_beacon(beacon, record.end.as_ref())).transpose()?,
        bodies: record.parts.iter().map(published_part).collect::<Found<_>>()?,
        incidents: record.incidents(now)?.into_iter().map(incident).collect(),
        struck: strikes.into_iter().map(published_strike).collect(),
        draw: record
            .end
            .as_ref()
            .and_then(|end| published_draw(end, beacon, results).transpose())
            .transpose()?,
        voided: record
            .end
            .as_ref()
            .and_then(|end| published_void(end, slug(end.body_id)).transpose())
            .transpose()?,
    })
}

fn published_beacon(beacon: Beacon, end: Option<&ballot_end::Model>) -> Found<PublishedBeacon> {
    let randomness = end.and_then(|end| end.beacon_randomness.as_deref()).map(hash).transpose()?;
    Ok(PublishedBeacon {
        chain: beacon.chain.hash().to_owned(),
        round: beacon.round,
        signature: end.and_then(|end| end.beacon_signature.clone()),
        randomness,
    })
}

fn published_part(record: &PartRecord) -> Found<PublishedPart> {
    let part = record.part()?;
    Ok(PublishedPart {
        body: part.body,
        commitment: part.commitment,
        committed_at: record.commitment.as_ref().map(|row| row.at),
        secret: part.secret,
        revealed_at: record.secret.as_ref().map(|row| row.at),
    })
}

fn published_strike(row: ballot_strike::Model) -> PublishedStrike {
    PublishedStrike { entry: row.entry, cause: row.cause, reason: row.reason, at: row.at }
}

fn published_draw(
    end: &ballot_end::Model,
    beacon: Option<Beacon>,
    results: Vec<ballot_result::Model>,
) -> Found<Option<PublishedDraw>> {
    let (Some(seed), Some(places)) = (&end.seed, end.places) else { return Ok(None) };
    let result = |row: ballot_result::Model| -> Found<PublishedResult> {
        Ok(PublishedResult {
            rank: count(row.rank)?,
            entry: row.entry,
            ticket: hash(&row.ticket)?,
            won: row.won,
        })
    };
    Ok(Some(PublishedDraw {
        at: end.at,
        places: count(places)?,
        seed: hash(seed)?,
        verifiability: verifiability(beacon),
        results: results.into_iter().map(result).collect::<Found<_>>()?,
    }))
}

fn published_void(end: &ballot_end::Model, by: Found<String>) -> Found<Option<PublishedVoid>> {
    let (Some(cause), Some(reason)) = (end.void_cause, end.void_reason.clone()) else { return Ok(None) };
    Ok(Some(PublishedVoid { at: end.at, by: by?, cause, reason }))
}
