//! A ballot run again from what was published, with no database and no trust in who published it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{BallotIncident, BallotOutcome, BallotStatus, BallotStrikeCause, BallotVoidCause};

use super::published::{
    PublishedBallot, PublishedBeacon, PublishedDraw, PublishedIncident, PublishedPart, PublishedStrike,
    PublishedVoid,
};
use super::rules::{
    Beacon, Chain, Course, Entries, Part, Scheme, commitment, draw, may_strike, may_void, rank, seed,
    verifiability,
};
use crate::values::sha256::Sha256;

/// What came of running a ballot again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What was checked and holds, a sentence each.
    pub holds: Vec<String>,
    /// What differs, a sentence each.
    pub differs: Vec<String>,
    /// Where the ballot stands, by its file; none where that cannot be read.
    pub status: Option<BallotStatus>,
}

type Checked = Result<String, String>;

impl Report {
    fn note(&mut self, checked: Checked) {
        match checked {
            Ok(sentence) => self.holds.push(sentence),
            Err(sentence) => self.differs.push(sentence),
        }
    }
}

/// Runs a ballot again from the bytes of `ballot.json` and `entries.txt`.
#[must_use]
pub fn verify(document: &[u8], entries: &[u8]) -> Report {
    let mut report = Report::default();
    let ballot = PublishedBallot::read(document).map_err(|why| report.differs.push(why.to_string())).ok();
    let entries =
        Entries::read(entries).map_err(|why| report.differs.push(format!("entries.txt: {why}"))).ok();
    report.status = ballot.as_ref().map(|ballot| ballot.status);
    let (Some(ballot), Some(entries)) = (ballot, entries) else { return report };
    report.note(Ok("ballot.json is whole: it has the hash that stands at its end".into()));
    match Run::begin(&ballot, &entries) {
        Ok(run) => run.check(&mut report),
        Err(why) => report.differs.push(why),
    }
    report
}

/// A ballot that is being run again.
struct Run<'a> {
    ballot: &'a PublishedBallot,
    entries: &'a Entries,
    scheme: Scheme,
    course: Course,
}

impl<'a> Run<'a> {
    fn begin(ballot: &'a PublishedBallot, entries: &'a Entries) -> Result<Self, String> {
        let scheme = Scheme::parse(&ballot.scheme).map_err(|why| why.to_string())?;
        let beacon = ballot.beacon.as_ref().map(known).transpose()?;
        let part = |part: &PublishedPart| Part {
            body: part.body.clone(),
            commitment: part.commitment,
            secret: part.secret,
        };
        let parts = ballot.bodies.iter().map(part).collect();
        let course = Course { commit_by: ballot.commit_by, reveal_by: ballot.reveal_by, beacon, parts };
        Ok(Self { ballot, entries, scheme, course })
    }

    fn check(&self, report: &mut Report) {
        report.note(self.list());
        report.note(self.bodies());
        for index in 0..self.ballot.bodies.len() {
            report.note(self.part(index));
        }
        report.note(self.incidents());
        report.note(self.status());
        if let Some(voided) = &self.ballot.voided {
            report.note(self.voided(voided));
        }
        if let Some(draw) = &self.ballot.draw {
            let randomness = self.randomness();
            report.note(randomness.clone().map(|(sentence, _)| sentence));
            report.note(self.struck());
            if let Ok((_, randomness)) = randomness {
                report.note(self.seed(draw, randomness.as_ref()));
            }
            report.note(self.results(draw));
            report.note(self.label(draw));
        }
    }

    /// The list is the one that was frozen.
    fn list(&self) -> Checked {
        let (found, said) = (self.entries.digest(), self.ballot.entries_digest);
        let (count, told) = (self.entries.ids().len(), self.ballot.entry_count);
        if found != said {
            return Err(format!("entries.txt has the hash {found}, and the list that was frozen {said}"));
        }
        if u32::try_from(count) != Ok(told) {
            return Err(format!("entries.txt has {count} entries, and ballot.json says {told}"));
        }
        Ok(format!("entries.txt is the list that was frozen: {count} entries, hash {found}"))
    }

    /// Bodies stand once each, in the order in which they go into the seed.
    fn bodies(&self) -> Checked {
        let bodies: Vec<_> = self.ballot.bodies.iter().map(|part| part.body.as_str()).collect();
        let is_sorted = bodies.windows(2).all(|pair| pair[0] < pair[1]);
        let is_known = bodies.contains(&self.ballot.opened_by.as_str());
        if is_sorted && is_known && !bodies.is_empty() {
            Ok(format!("the bodies take part in order of slug: {}", bodies.join(", ")))
        } else {
            Err("the bodies do not stand in order of slug, once each, with the one that opened it".into())
        }
    }

    /// What a body did fits together and was done in time.
    fn part(&self, index: usize) -> Checked {
        let part = &self.ballot.bodies[index];
        let body = &part.body;
        let in_time = part
            .committed_at
            .is_none_or(|at| self.ballot.opened_at <= at && at < self.ballot.commit_by)
            && part.revealed_at.is_none_or(|at| part.committed_at <= Some(at) && at < self.ballot.reveal_by);
        let is_whole = part.commitment.is_some() == part.committed_at.is_some()
            && part.secret.is_some() == part.revealed_at.is_some();
        if !in_time || !is_whole {
            return Err(format!("{body}: what it did was not done within its deadline, or not in order"));
        }
        match (part.commitment, part.secret) {
            (None, None) => Ok(format!("{body}: did not commit")),
            (Some(_), None) => Ok(format!("{body}: committed, and did not reveal")),
            (None, Some(_)) => Err(format!("{body}: revealed a secret without having committed to one")),
            (Some(said), Some(secret)) => {
                let found = commitment(&self.scheme, body, &self.ballot.entries_digest, &secret);
                if found == said {
                    Ok(format!("{body}: its secret is the one that it committed to"))
                } else {
                    Err(format!(
                        "{body}: its secret gives the commitment {found}, and it had committed to {said}"
                    ))
                }
            }
        }
    }

    /// Every deadline that was missed before the end is told, and no other.
    fn incidents(&self) -> Checked {
        let (draw, voided) = (&self.ballot.draw, &self.ballot.voided);
        let ended = draw.as_ref().map(|draw| draw.at).or(voided.as_ref().map(|voided| voided.at));
        let due = self.course.missed(ended.unwrap_or(self.ballot.reveal_by));
        let missed = |one: &&PublishedIncident| one.kind != BallotIncident::WrongSecret;
        let was_due = |told: &PublishedIncident| {
            due.iter().any(|one| one.kind == told.kind && one.body == told.body && one.at == told.at)
        };
        let committed =
            |body: &str| self.course.parts.iter().any(|part| part.body == body && part.commitment.is_some());
        let all = &self.ballot.incidents;
        let told = all.iter().filter(missed).count();
        // While it goes on, a deadline that is still to come is not told yet.
        let is_complete = told == due.len() || (ended.is_none() && told < due.len());
        let is_true = all.iter().all(|one| if missed(&one) { was_due(one) } else { committed(&one.body) });
        if is_complete && is_true {
            Ok(format!("incidents: {}", all.len()))
        } else {
            Err("the incidents are not those that the commitments and secrets show".into())
        }
    }

    /// The status is what the rest of the file says.
    fn status(&self) -> Checked {
        let ended = match (&self.ballot.draw, &self.ballot.voided) {
            (Some(_), None) => Some(BallotOutcome::Drawn),
            (None, Some(_)) => Some(BallotOutcome::Void),
            (None, None) => None,
            (Some(_), Some(_)) => return Err("it is told to be drawn and voided at once".into()),
        };
        let mut parts = self.course.parts.iter();
        let fits = match self.ballot.status {
            BallotStatus::Drawn => ended == Some(BallotOutcome::Drawn),
            BallotStatus::Void => ended == Some(BallotOutcome::Void),
            BallotStatus::Committing => ended.is_none() && parts.any(|part| part.commitment.is_none()),
            BallotStatus::Revealing => {
                ended.is_none() && parts.any(|part| part.commitment.is_some() && part.secret.is_none())
            }
            BallotStatus::Ready => ended.is_none(),
        };
        let status = self.ballot.status.word();
        if fits {
            Ok(format!("status {status}"))
        } else {
            Err(format!("the status {status} is not what the rest shows"))
        }
    }

    /// The beacon's signature is that of the round that was named, which came after the last reveal.
    fn randomness(&self) -> Result<(String, Option<Sha256>), String> {
        let (Some(beacon), Some(published)) = (self.course.beacon, &self.ballot.beacon) else {
            return Ok(("no beacon was named".into(), None));
        };
        if beacon.at() <= self.ballot.reveal_by {
            return Err("the beacon's round came before the deadline for the reveals".into());
        }
        let signature = published.signature.as_deref().ok_or("the beacon's signature is missing")?;
        let found = beacon.verify(signature).map_err(|why| why.to_string())?;
        if published.randomness != Some(found) {
            return Err(format!("the beacon's randomness is {found}, and ballot.json says another"));
        }
        let sentence =
            format!("the signature is that of round {} of chain {}", beacon.round, beacon.chain.hash());
        Ok((sentence, Some(found)))
    }

    /// It was voided by a body that takes part, and while nobody could know a result or where there could be none.
    fn voided(&self, voided: &PublishedVoid) -> Checked {
        let takes_part = self.ballot.bodies.iter().any(|part| part.body == voided.by);
        if !takes_part || voided.at < self.ballot.opened_at {
            return Err("it was voided by nobody who takes part, or before it was opened".into());
        }
        let by = &voided.by;
        if voided.cause == BallotVoidCause::GivingOver {
            return Ok(format!(
                "it was voided by {by} since the giving of places was over, which is not shown here"
            ));
        }
        if may_void(&self.course_at(voided.at), false, voided.at) == Ok(voided.cause) {
            Ok(format!("it was voided by {by} where that was allowed, and nothing was drawn"))
        } else {
            Err(format!("it was voided by {by} for {}, which was not so then", voided.cause.word()))
        }
    }

    /// The course as it stood at an instant: what was revealed later is not known yet.
    fn course_at(&self, at: DateTime<Utc>) -> Course {
        let mut course = self.course.clone();
        for (part, published) in course.parts.iter_mut().zip(&self.ballot.bodies) {
            if published.revealed_at.is_some_and(|revealed| revealed > at) {
                part.secret = None;
            }
        }
        course
    }

    /// What was struck stood on the list.
    fn struck(&self) -> Checked {
        let struck = &self.ballot.struck;
        let on_list = |entry: &String| self.entries.ids().binary_search(entry).is_ok();
        if let Some(one) = struck.iter().find(|one| !on_list(&one.entry)) {
            return Err(format!("entry {} was struck, and is not on the list", one.entry));
        }
        if let Some(one) =
            struck.iter().find(|one| (one.cause == BallotStrikeCause::Mistake) != one.reason.is_some())
        {
            return Err(format!("entry {} was struck without the reason that goes with it", one.entry));
        }
        // What was struck before the ballot was opened was struck in the one before, whose list this one has kept.
        let too_soon = |one: &&PublishedStrike| {
            one.cause == BallotStrikeCause::Mistake
                && one.at >= self.ballot.opened_at
                && may_strike(&self.course_at(one.at), one.at).is_err()
        };
        if let Some(one) = struck.iter().find(too_soon) {
            return Err(format!("entry {} was struck while the ballot could have been voided", one.entry));
        }
        let distinct: BTreeSet<_> = struck.iter().map(|one| &one.entry).collect();
        if distinct.len() < struck.len() {
            return Err("an entry was struck twice".into());
        }
        Ok(format!("struck entries: {}", struck.len()))
    }

    fn seed(&self, draw: &PublishedDraw, randomness: Option<&Sha256>) -> Checked {
        let found = seed(&self.scheme, &self.ballot.entries_digest, &self.course.terms(), randomness);
        if found == draw.seed {
            Ok(format!("the secrets and the beacon give the seed {found}"))
        } else {
            Err(format!(
                "the secrets and the beacon give the seed {found}, and ballot.json says {}",
                draw.seed
            ))
        }
    }

    /// Every ticket and the whole order, as the seed gives them.
    fn results(&self, drawn: &PublishedDraw) -> Checked {
        let struck: BTreeSet<&str> = self.ballot.struck.iter().map(|one| one.entry.as_str()).collect();
        let tickets = draw(&drawn.seed, self.entries);
        let expected = rank(&tickets, &struck, drawn.places);
        if expected.len() != drawn.results.len() {
            return Err(format!(
                "{} entries take part, and {} have a rank",
                expected.len(),
                drawn.results.len()
            ));
        }
        for (expected, said) in expected.iter().zip(&drawn.results) {
            let agrees = expected.rank == said.rank
                && expected.ticket.entry == said.entry
                && expected.ticket.ticket == said.ticket
                && expected.won == said.won;
            if !agrees {
                let sentence = "is not what the seed gives, which is entry";
                return Err(format!("rank {} {sentence} {}", expected.rank, expected.ticket.entry));
            }
        }
        let won = expected.iter().filter(|one| one.won).count();
        Ok(format!("all {} tickets and ranks are what the seed gives; {won} have a place", expected.len()))
    }

    fn label(&self, draw: &PublishedDraw) -> Checked {
        if verifiability(self.course.beacon) != draw.verifiability {
            return Err("the label of the result is not the one that it has to carry".into());
        }
        Ok(match self.course.beacon {
            Some(_) => "the result is independently verifiable".into(),
            None => "the result is NOT independently verifiable: no beacon was named, and whoever revealed last could \
                     see it before"
                .into(),
        })
    }
}

fn known(beacon: &PublishedBeacon) -> Result<Beacon, String> {
    let chain = Chain::find(&beacon.chain).ok_or("the beacon's chain is not one that is known here")?;
    if beacon.round == 0 {
        return Err("a beacon's rounds count from 1".into());
    }
    if beacon.signature.is_some() != beacon.randomness.is_some() {
        return Err("the beacon has a signature without randomness, or randomness without a signature".into());
    }
    Ok(Beacon { chain, round: beacon.round })
}
