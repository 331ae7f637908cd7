//! What hangs on a ballot.

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use entity::{BodyId, ballot_result};

use super::kinds::BallotIncidentKind;
use crate::ballots::record::{PartRecord, Record, hash};
use crate::ballots::rules::{Beacon as NamedBeacon, Incident};
use crate::error::{Fault, Found};
use crate::people::graphql::{Body, load_body};
use crate::schema::connection::connection;
use crate::schema::scalars::{DateTime, Sha256};

/// A public randomness round (drand), named before anybody can know it.
#[derive(Clone, Debug, SimpleObject)]
pub struct Beacon {
    /// Hash of the chain's parameters, which names it.
    chain: String,
    /// Which round of the chain.
    round: i32,
    /// When the round comes: its signature can be fetched from then on.
    at: DateTime,
    /// The round's signature, which was verified; null until the draw.
    signature: Option<String>,
    /// The round's randomness: the SHA-256 of the signature's bytes; null until the draw.
    randomness: Option<Sha256>,
}

impl Beacon {
    pub(super) fn of(beacon: NamedBeacon, record: &Record) -> Found<Self> {
        let end = record.end.as_ref();
        let randomness = end.and_then(|end| end.beacon_randomness.as_deref()).map(hash).transpose()?;
        Ok(Self {
            chain: beacon.chain.hash().to_owned(),
            round: i32::try_from(beacon.round).map_err(|why| Fault::stored("round of a beacon", why))?,
            at: beacon.at().into(),
            signature: end.and_then(|end| end.beacon_signature.clone()),
            randomness: randomness.map(Sha256),
        })
    }
}

/// What one body puts into the draw.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct BallotContribution {
    /// Its row, for what is resolved from it.
    #[graphql(skip)]
    owner: BodyId,
    /// What it committed to: the hash of its secret with the ballot, the body and the list; null until it has.
    commitment: Option<Sha256>,
    /// When it committed.
    committed_at: Option<DateTime>,
    /// The secret, which fits the commitment; null until it is revealed.
    secret: Option<String>,
    /// When it revealed.
    revealed_at: Option<DateTime>,
}

impl BallotContribution {
    pub(super) fn of(record: &PartRecord) -> Found<Self> {
        let part = record.part()?;
        Ok(Self {
            owner: record.body.id,
            commitment: part.commitment.map(Sha256),
            committed_at: record.commitment.as_ref().map(|row| row.at.into()),
            secret: part.secret.map(|secret| secret.to_string()),
            revealed_at: record.secret.as_ref().map(|row| row.at.into()),
        })
    }
}

#[ComplexObject]
impl BallotContribution {
    /// Whose part it is.
    async fn body(&self, ctx: &Context<'_>) -> Result<Body> {
        body(ctx, self.owner).await
    }
}

/// Something that went wrong in a ballot, and did not stop it.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct BallotIncident {
    /// Its row, for what is resolved from it.
    #[graphql(skip)]
    owner: BodyId,
    /// What went wrong.
    kind: BallotIncidentKind,
    /// When it was certain.
    at: DateTime,
}

impl BallotIncident {
    pub(super) fn of(incident: &Incident, record: &Record) -> Option<Self> {
        let part = record.parts.iter().find(|part| part.body.slug == incident.body)?;
        Some(Self { owner: part.body.id, kind: incident.kind.into(), at: incident.at.into() })
    }
}

#[ComplexObject]
impl BallotIncident {
    /// Whose doing it was.
    async fn body(&self, ctx: &Context<'_>) -> Result<Body> {
        body(ctx, self.owner).await
    }
}

/// The body with this id, which is there as long as something is its.
pub(super) async fn body(ctx: &Context<'_>, id: BodyId) -> Result<Body> {
    Ok(load_body(ctx, id).await?.ok_or_else(|| Fault::stored("body", "it is gone"))?)
}

/// A line of a draw's result. Whose an entry is, nobody is told: an application tells its own to whoever may read it.
#[derive(Clone, Debug, SimpleObject)]
pub struct BallotResult {
    /// Its place in the order, from 1.
    rank: i32,
    /// The entry's id, as it stands on the list.
    entry: String,
    /// The SHA-256 of seed and entry, which the order goes by.
    ticket: Sha256,
    /// Whether the rank is among as many as there were free places at the draw. Where somebody before it could not be given
    /// one, e.g. being on hold, a later rank has a place too.
    won: bool,
}

impl TryFrom<ballot_result::Model> for BallotResult {
    type Error = Fault;

    fn try_from(row: ballot_result::Model) -> Found<Self> {
        Ok(Self { rank: row.rank, entry: row.entry, ticket: Sha256(hash(&row.ticket)?), won: row.won })
    }
}

connection! {
    /// A page of a draw's result, in order of rank.
    BallotResultConnection,
    /// A line of the result, with its cursor.
    BallotResultEdge of BallotResult
}
