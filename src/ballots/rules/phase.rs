//! Where a ballot stands: it follows from what the bodies have done and from the clock, and is stored nowhere.

use chrono::{DateTime, Utc};
use entity::{BallotIncident, BallotStatus, BallotVerifiability};

use super::{Beacon, Secret, Term};
use crate::values::sha256::Sha256;

/// What one body has done in a ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The body's slug.
    pub body: String,
    /// What it committed to.
    pub commitment: Option<Sha256>,
    /// The secret that it revealed, which fits the commitment.
    pub secret: Option<Secret>,
}

/// A ballot's course until it ends: its deadlines and what the bodies have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// First instant at which nobody commits any more.
    pub commit_by: DateTime<Utc>,
    /// First instant at which nobody reveals any more.
    pub reveal_by: DateTime<Utc>,
    /// The round that was named.
    pub beacon: Option<Beacon>,
    /// Every body's part, in order of slug.
    pub parts: Vec<Part>,
}

/// Something that went wrong and did not stop the ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// What.
    pub kind: BallotIncident,
    /// Whose.
    pub body: String,
    /// When it was certain.
    pub at: DateTime<Utc>,
}

impl Course {
    /// The phase at `now`: COMMITTING, REVEALING or READY. Each ends when every body has acted or its deadline has come; who
    /// has not committed has nothing to reveal.
    #[must_use]
    pub fn phase(&self, now: DateTime<Utc>) -> BallotStatus {
        let all_committed = self.parts.iter().all(|part| part.commitment.is_some());
        if !all_committed && now < self.commit_by {
            return BallotStatus::Committing;
        }
        let all_revealed = self.parts.iter().all(|part| part.commitment.is_none() || part.secret.is_some());
        if !all_revealed && now < self.reveal_by { BallotStatus::Revealing } else { BallotStatus::Ready }
    }

    /// What went wrong by deadlines that have come.
    #[must_use]
    pub fn missed(&self, now: DateTime<Utc>) -> Vec<Incident> {
        let incident = |part: &Part| {
            let (kind, at) = match (&part.commitment, &part.secret) {
                (None, _) => (BallotIncident::NeverCommitted, self.commit_by),
                (Some(_), None) => (BallotIncident::NeverRevealed, self.reveal_by),
                (Some(_), Some(_)) => return None,
            };
            (at <= now).then(|| Incident { kind, body: part.body.clone(), at })
        };
        self.parts.iter().filter_map(incident).collect()
    }

    /// What goes into the seed.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        self.parts.iter().map(|part| Term { body: part.body.clone(), secret: part.secret }).collect()
    }

    /// Whether anything that nobody chose goes into the seed, or could still.
    #[must_use]
    pub fn has_chance(&self) -> bool {
        self.beacon.is_some() || self.is_revealed()
    }

    /// Whether any body has revealed.
    #[must_use]
    pub fn is_revealed(&self) -> bool {
        self.parts.iter().any(|part| part.secret.is_some())
    }
}

/// Whether anybody can tell that nobody steered a draw with or without a beacon.
#[must_use]
pub fn verifiability(beacon: Option<Beacon>) -> BallotVerifiability {
    match beacon {
        Some(_) => BallotVerifiability::IndependentlyVerifiable,
        None => BallotVerifiability::NotIndependentlyVerifiable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn course(parts: [(bool, bool); 2]) -> Course {
        let part = |(body, (committed, revealed)): (&str, (bool, bool))| Part {
            body: body.into(),
            commitment: committed.then(|| Sha256::of(body)),
            secret: revealed.then(|| Secret::from_bytes([7; 32])),
        };
        Course {
            commit_by: at("2023-09-10T00:00:00Z"),
            reveal_by: at("2023-09-15T00:00:00Z"),
            beacon: None,
            parts: ["itp", "nztech"].into_iter().zip(parts).map(part).collect(),
        }
    }

    const EARLY: &str = "2023-09-09T23:59:59.999999Z";
    const COMMIT_BY: &str = "2023-09-10T00:00:00Z";
    const LATER: &str = "2023-09-14T23:59:59.999999Z";
    const REVEAL_BY: &str = "2023-09-15T00:00:00Z";

    #[test]
    fn a_phase_ends_when_every_body_has_acted_or_its_deadline_has_come() {
        use BallotStatus::{Committing, Ready, Revealing};
        let (nothing, committed, revealed) = ((false, false), (true, false), (true, true));
        for (parts, phases) in [
            ([nothing, nothing], [Committing, Ready, Ready, Ready]),
            ([committed, nothing], [Committing, Revealing, Revealing, Ready]),
            ([committed, committed], [Revealing, Revealing, Revealing, Ready]),
            ([revealed, committed], [Revealing, Revealing, Revealing, Ready]),
            ([revealed, nothing], [Committing, Ready, Ready, Ready]),
            ([revealed, revealed], [Ready, Ready, Ready, Ready]),
        ] {
            let course = course(parts);
            assert_eq!(
                [EARLY, COMMIT_BY, LATER, REVEAL_BY].map(|now| course.phase(at(now))),
                phases,
                "{parts:?}"
            );
        }
    }

    #[test]
    fn what_is_missing_is_an_incident_from_the_instant_of_its_deadline() {
        let course = course([(false, false), (true, false)]);
        let kinds =
            |now| course.missed(at(now)).into_iter().map(|one| (one.kind, one.body)).collect::<Vec<_>>();
        let (itp, nztech) = ("itp".to_owned(), "nztech".to_owned());
        assert_eq!(kinds(EARLY), []);
        assert_eq!(kinds(COMMIT_BY), [(BallotIncident::NeverCommitted, itp.clone())]);
        assert_eq!(
            kinds(REVEAL_BY),
            [(BallotIncident::NeverCommitted, itp), (BallotIncident::NeverRevealed, nztech)]
        );
    }
}
