//! A ballot as it is stored, read as the rules see it.

use chrono::{DateTime, Utc};
use entity::{
    BallotStatus, BodyId, ballot, ballot_commitment, ballot_end, ballot_incident, ballot_secret, body,
};

use super::rules::{Beacon, Chain, Course, Incident, Part, Scheme, Secret};
use crate::error::{Fault, Found};
use crate::values::sha256::Sha256;

/// A ballot with what happened in it; its list and its results are read apart, as they may be long.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What was fixed when it was opened.
    pub ballot: ballot::Model,
    /// Slug of its class exception.
    pub exception: String,
    /// The bodies that take part, in order of slug.
    pub parts: Vec<PartRecord>,
    /// The incidents that are on record.
    pub incidents: Vec<ballot_incident::Model>,
    /// How it ended.
    pub end: Option<ballot_end::Model>,
}

/// What one body has done.
#[derive(Clone, Debug, PartialEq)]
pub struct PartRecord {
    /// Which body.
    pub body: body::Model,
    /// What it committed to.
    pub commitment: Option<ballot_commitment::Model>,
    /// What it revealed.
    pub secret: Option<ballot_secret::Model>,
}

impl Record {
    /// What the ballot is called in everything that is hashed.
    ///
    /// # Errors
    /// Where its number cannot be one.
    pub fn scheme(&self) -> Found<Scheme> {
        Ok(Scheme { exception: self.exception.clone(), number: count(self.ballot.number)? })
    }

    /// The hash of its list.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn entries_digest(&self) -> Found<Sha256> {
        hash(&self.ballot.entries_digest)
    }

    /// The round that was named.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn beacon(&self) -> Found<Option<Beacon>> {
        let (Some(chain), Some(round)) = (&self.ballot.beacon_chain, self.ballot.beacon_round) else {
            return Ok(None);
        };
        let chain = Chain::find(chain).ok_or_else(|| Fault::stored("ballot", "its chain is not known"))?;
        Ok(Some(Beacon { chain, round: count(round)? }))
    }

    /// Its course until it ends.
    ///
    /// # Errors
    /// Where something of it cannot be read.
    pub fn course(&self) -> Found<Course> {
        let parts = self.parts.iter().map(PartRecord::part).collect::<Found<_>>()?;
        let (commit_by, reveal_by) = (self.ballot.commit_by, self.ballot.reveal_by);
        Ok(Course { commit_by, reveal_by, beacon: self.beacon()?, parts })
    }

    /// Where it stands.
    ///
    /// # Errors
    /// Where something of it cannot be read.
    pub fn status(&self, now: DateTime<Utc>) -> Found<BallotStatus> {
        match &self.end {
            Some(end) => Ok(end.outcome.into()),
            None => Ok(self.course()?.phase(now)),
        }
    }

    /// What went wrong until `now`, or until it ended: on record or not yet, in order of time.
    ///
    /// # Errors
    /// Where something of it cannot be read.
    pub fn incidents(&self, now: DateTime<Utc>) -> Found<Vec<Incident>> {
        let until = self.end.as_ref().map_or(now, |end| end.at);
        let mut all = self.course()?.missed(until);
        let slug = |id| self.parts.iter().find(|part| part.body.id == id).map(|part| part.body.slug.clone());
        for one in &self.incidents {
            let Some(body) = slug(one.body_id) else { continue };
            if !all.iter().any(|known| known.kind == one.kind && known.body == body) {
                all.push(Incident { kind: one.kind, body, at: one.at });
            }
        }
        all.sort_by(|a, b| (a.at, &a.body, a.kind).cmp(&(b.at, &b.body, b.kind)));
        Ok(all)
    }

    /// What a body has done; none where it does not take part.
    #[must_use]
    pub fn part_of(&self, body: BodyId) -> Option<&PartRecord> {
        self.parts.iter().find(|part| part.body.id == body)
    }
}

impl PartRecord {
    /// What the rules see of it.
    ///
    /// # Errors
    /// Where something of it cannot be read.
    pub fn part(&self) -> Found<Part> {
        let secret = |row: &ballot_secret::Model| {
            Secret::parse(&row.secret).map_err(|why| Fault::stored("secret of a ballot", why))
        };
        Ok(Part {
            body: self.body.slug.clone(),
            commitment: self.commitment.as_ref().map(|row| hash(&row.commitment)).transpose()?,
            secret: self.secret.as_ref().map(secret).transpose()?,
        })
    }
}

/// A stored hash.
///
/// # Errors
/// Where it is none.
pub fn hash(text: &str) -> Found<Sha256> {
    Sha256::parse(text).map_err(|why| Fault::stored("hash of a ballot", why))
}

/// A stored count.
///
/// # Errors
/// Where it is below zero.
pub fn count(number: i32) -> Found<u32> {
    u32::try_from(number).map_err(|why| Fault::stored("number of a ballot", why))
}
