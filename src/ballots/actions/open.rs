//! A lead opens a ballot, and with that freezes its list.

use std::collections::HashMap;

use entity::{ApplicationId, BallotId, BallotStrikeCause, BodyId, EventKind, ballot};
use serde_json::json;

use super::stored;
use crate::applications::store::case;
use crate::ballots::rules::{Candidate, Entries, Plan, Refusal, keeps_list, may_open, one_for_each_worker};
use crate::ballots::store;
use crate::db::{Command, Gate, Tx};
use crate::error::{Acted, Fault, Found, UserError};
use crate::exceptions::store as exceptions;
use crate::history::{self, Event};
use crate::quota;
use crate::tenancy::BodyScope;

/// A lead opens a ballot: the list is frozen, the deadlines and the beacon are named.
#[derive(Clone, Debug)]
pub struct OpenBallot {
    /// Of which body, and who.
    pub scope: BodyScope,
    /// Slug of the class exception.
    pub exception: String,
    /// Deadlines and beacon.
    pub plan: Plan,
}

/// A list with whose the entries are.
type List = Vec<(String, ApplicationId)>;

impl Command for OpenBallot {
    type Answer = BallotId;
    const NAME: &'static str = "openBallot";

    async fn run(&self, tx: &Tx) -> Acted<BallotId> {
        let found = exceptions::find_by_slug(tx.conn(), &self.exception).await?;
        let found = found.ok_or_else(|| UserError::no_such_exception("classException"))?;
        let members = exceptions::bodies_of(tx.conn(), found.id).await?;
        let bodies: Vec<BodyId> = members.iter().map(|(member, _)| member.body_id).collect();
        if !bodies.contains(&self.scope.body()) {
            return Err(Refusal::NotOfBallot.into());
        }
        let gate = tx.gate(found.id).await?;
        let exception = quota::store::load_exception(tx, found.id).await?;
        let has_live = store::find_live(tx.conn(), found.id).await?.is_some();
        may_open(&exception, has_live, tx.now())?;
        self.plan.check(tx.now())?;
        let before = store::last_of(&gate).await?;
        let kept = match &before {
            Some(before) => list_to_keep(&gate, before).await?,
            None => None,
        };
        let id = tx.new_id();
        match kept {
            Some((from, list)) => {
                self.freeze(&gate, (id, &bodies), before.as_ref(), &list).await?;
                keep_strikes(tx, from, id).await?;
            }
            None => self.freeze(&gate, (id, &bodies), before.as_ref(), &pool(&gate).await?).await?,
        }
        Ok(id)
    }
}

impl OpenBallot {
    async fn freeze(
        &self,
        gate: &Gate<'_>,
        (id, bodies): (BallotId, &[BodyId]),
        before: Option<&ballot::Model>,
        list: &[(String, ApplicationId)],
    ) -> Acted<()> {
        if list.is_empty() {
            return Err(Refusal::NobodyWaits.into());
        }
        let tx = gate.tx();
        let entries = Entries::new(list.iter().map(|(entry, _)| entry.clone()).collect());
        let entries = entries.map_err(|why| Fault::stored("entry of a ballot", why))?;
        let free = quota::store::count_places(tx.conn(), gate.exception()).await?.available;
        let beacon = self.plan.beacon;
        let round = |round| i32::try_from(round).map_err(|why| Fault::stored("round of a beacon", why));
        let row = ballot::Model {
            id,
            exception_id: gate.exception(),
            number: before.map_or(1, |before| before.number + 1),
            places: i32::try_from(free).map_err(|why| Fault::stored("number of places", why))?,
            entry_count: stored(list.len())?,
            entries_digest: entries.digest().to_string(),
            commit_by: self.plan.commit_by,
            reveal_by: self.plan.reveal_by,
            beacon_chain: beacon.map(|beacon| beacon.chain.hash().to_owned()),
            beacon_round: beacon.map(|beacon| round(beacon.round)).transpose()?,
            opened_at: tx.now(),
            body_id: self.scope.body(),
            person_id: self.scope.person(),
        };
        let detail = json!({ "ballot": row.number, "entries": row.entry_count });
        store::insert(gate, row, bodies).await?;
        store::save_entries(gate, id, list).await?;
        let event = Event::of_exception(EventKind::BallotOpened, gate.exception());
        history::record(tx, [event.with(detail)]).await?;
        Ok(())
    }
}

/// Everybody whose only block is the missing draw, one entry for each worker.
async fn pool(gate: &Gate<'_>) -> Found<List> {
    let waiting = quota::store::waiting_for_draw(gate).await?;
    let mut fingerprints = HashMap::<ApplicationId, Vec<(i32, String)>>::new();
    for one in quota::store::fingerprints_in_queue(gate).await? {
        fingerprints.entry(one.application_id).or_default().push((one.key_version, one.fingerprint));
    }
    let mut entries: HashMap<_, _> = case::ballot_entries_in_queue(gate).await?.into_iter().collect();
    let candidate = |application| {
        let entry = entries.remove(&application);
        let entry = entry.ok_or_else(|| Fault::stored("application", "it is confirmed and has no entry"))?;
        let fingerprints = fingerprints.remove(&application).unwrap_or_default();
        Ok(Candidate { application, entry, fingerprints })
    };
    let candidates = waiting.into_iter().map(candidate).collect::<Found<Vec<_>>>()?;
    Ok(one_for_each_worker(candidates).into_iter().map(|one| (one.entry, one.application)).collect())
}

/// The list of the ballot before, where nothing was wrong with it.
async fn list_to_keep(gate: &Gate<'_>, before: &ballot::Model) -> Found<Option<(BallotId, List)>> {
    let record = store::record(gate.tx().conn(), before.clone()).await?;
    let cause = record.end.and_then(|end| end.void_cause);
    if !cause.is_some_and(keeps_list) {
        return Ok(None);
    }
    let list = store::load_applications(gate, before.id).await?;
    Ok(Some((before.id, list.into_iter().collect())))
}

/// What was struck as a mistake stays struck on the same list.
async fn keep_strikes(tx: &Tx, from: BallotId, to: BallotId) -> Found<()> {
    let strikes = store::load_strikes(tx.conn(), from).await?.into_iter();
    let strikes = strikes.filter(|strike| strike.cause == BallotStrikeCause::Mistake);
    let strikes = strikes.map(|strike| entity::ballot_strike::Model { ballot_id: to, ..strike });
    store::insert_strikes(tx, strikes.collect()).await
}
