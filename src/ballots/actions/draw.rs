//! The draw: the order is worked out, written down, and the free places go by it; all in one transaction, once.

use std::collections::{BTreeSet, HashMap};

use entity::{
    ApplicationId, BallotId, BallotOutcome, BallotStrikeCause, EventKind, ballot_end, ballot_result,
    ballot_strike,
};
use serde_json::json;

use super::{Held, hold, stored};
use crate::app::App;
use crate::applications::actions::give_places;
use crate::ballots::record::count;
use crate::ballots::rules::{Entries, Ranked, Refusal, draw, may_draw, rank, seed};
use crate::ballots::store;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault, Found};
use crate::exceptions::store as exceptions;
use crate::history;
use crate::quota;
use crate::quota::rules::giving_is_over;
use crate::tenancy::BodyScope;
use crate::values::sha256::Sha256;

/// Anybody who may run a ballot draws it. Where a beacon was named its signature is verified, so it does not matter who.
#[derive(Clone, Debug)]
pub struct DrawBallot<'a> {
    /// The service.
    pub app: &'a App,
    /// Of which body, and who.
    pub scope: BodyScope,
    /// Which ballot.
    pub ballot: BallotId,
    /// The signature of the beacon's round.
    pub signature: Option<String>,
}

impl Command for DrawBallot<'_> {
    type Answer = BallotId;
    const NAME: &'static str = "drawBallot";

    async fn run(&self, tx: &Tx) -> Acted<BallotId> {
        let held = hold(tx, self.ballot).await?;
        held.own_part(&self.scope)?;
        held.goes_on()?;
        if giving_is_over(&quota::store::load_exception(tx, held.gate.exception()).await?, tx.now()) {
            return Err(Refusal::GivingOver.into());
        }
        let course = held.record.course()?;
        let randomness = may_draw(&course, self.signature.as_deref(), tx.now())?;
        let (scheme, digest) = (held.record.scheme()?, held.record.entries_digest()?);
        let seed = seed(&scheme, &digest, &course.terms(), randomness.as_ref());
        self.settle(&held, seed, randomness).await?;
        give_places(&held.gate, self.app).await?;
        Ok(self.ballot)
    }
}

impl DrawBallot<'_> {
    /// Writes the order down, and lets the queue go by it.
    async fn settle(&self, held: &Held<'_>, seed: Sha256, randomness: Option<Sha256>) -> Acted<()> {
        let (gate, tx) = (&held.gate, held.gate.tx());
        let applications = store::load_applications(gate, self.ballot).await?;
        let entries = Entries::new(applications.keys().cloned().collect());
        let entries = entries.map_err(|why| Fault::stored("entry of a ballot", why))?;
        if entries.digest() != held.record.entries_digest()? {
            return Err(Fault::stored("ballot", "its list is not the one that was frozen").into());
        }
        let struck = self.strike_those_gone(held, &applications).await?;
        let free = quota::store::count_places(tx.conn(), gate.exception()).await?.available;
        let places = i32::try_from(free).map_err(|why| Fault::stored("number of places", why))?;
        let tickets = draw(&seed, &entries);
        let struck: BTreeSet<&str> = struck.iter().map(String::as_str).collect();
        let ranked = rank(&tickets, &struck, count(places)?);
        store::save_end(gate, self.end(held, (places, seed), randomness)).await?;
        store::close(gate).await?;
        self.save_order(held, &ranked, &applications).await?;
        exceptions::save_drawn(gate).await?;
        let detail = json!({ "ranked": ranked.len(), "places": places });
        history::record(tx, [held.event(EventKind::BallotDrawn, &detail)]).await?;
        Ok(())
    }

    /// Strikes whoever does not wait for a place any more; answers with all that are struck.
    async fn strike_those_gone(
        &self,
        held: &Held<'_>,
        applications: &HashMap<String, ApplicationId>,
    ) -> Found<BTreeSet<String>> {
        let (gate, tx) = (&held.gate, held.gate.tx());
        let strikes = store::load_strikes(tx.conn(), self.ballot).await?;
        let mut struck: BTreeSet<String> = strikes.into_iter().map(|strike| strike.entry).collect();
        let waiting: BTreeSet<ApplicationId> =
            quota::store::everybody_waiting(gate).await?.into_iter().collect();
        let gone =
            applications.iter().filter(|(entry, id)| !waiting.contains(id) && !struck.contains(*entry));
        let gone: Vec<_> = gone.map(|(entry, _)| entry.clone()).collect();
        let strike = |entry: &String| ballot_strike::Model {
            ballot_id: self.ballot,
            entry: entry.clone(),
            cause: BallotStrikeCause::NotWaiting,
            reason: None,
            person_id: None,
            at: tx.now(),
        };
        store::insert_strikes(tx, gone.iter().map(strike).collect()).await?;
        struck.extend(gone);
        Ok(struck)
    }

    fn end(
        &self,
        held: &Held<'_>,
        (places, seed): (i32, Sha256),
        randomness: Option<Sha256>,
    ) -> ballot_end::Model {
        ballot_end::Model {
            ballot_id: self.ballot,
            exception_id: held.gate.exception(),
            outcome: BallotOutcome::Drawn,
            at: held.gate.tx().now(),
            body_id: self.scope.body(),
            person_id: self.scope.person(),
            places: Some(places),
            seed: Some(seed.to_string()),
            beacon_signature: self.signature.clone(),
            beacon_randomness: randomness.map(|randomness| randomness.to_string()),
            void_cause: None,
            void_reason: None,
        }
    }

    async fn save_order(
        &self,
        held: &Held<'_>,
        ranked: &[Ranked<'_>],
        applications: &HashMap<String, ApplicationId>,
    ) -> Found<()> {
        let result = |one: &Ranked<'_>| -> Found<ballot_result::Model> {
            Ok(ballot_result::Model {
                ballot_id: self.ballot,
                rank: stored(one.rank as usize)?,
                entry: one.ticket.entry.to_owned(),
                ticket: one.ticket.ticket.to_string(),
                won: one.won,
            })
        };
        let results = ranked.iter().map(result).collect::<Found<Vec<_>>>()?;
        let ranks = results.iter().filter_map(|one| Some((*applications.get(&one.entry)?, one.rank)));
        quota::store::rank_queue(&held.gate, &ranks.collect::<Vec<_>>()).await?;
        store::save_results(&held.gate, results).await
    }
}
