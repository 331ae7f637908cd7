//! A ballot as everybody may read it.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use chrono::{DateTime as Instant, Utc};
use entity::{BallotOutcome, ballot_end};
use url::Url as Address;

use super::kinds::{BallotStatus, BallotVerifiability, BallotVoidCause};
use super::parts::{BallotContribution, BallotIncident, BallotResult, BallotResultConnection, Beacon, body};
use crate::ballots::loaders::{Ballots, StrikesOf};
use crate::ballots::record::{Record, hash};
use crate::ballots::rules::verifiability;
use crate::ballots::store::{self, ResultKey};
use crate::error::{Fault, Found};
use crate::people::graphql::Body;
use crate::schema::class_exception::ClassException;
use crate::schema::scalars::{DateTime, Sha256, Url};
use crate::schema::{self, GlobalId, List, PageArgs, count, page_cost};

/// A draw among all that are confirmed, which anybody can run again. The list is frozen first; the bodies commit to secrets,
/// then reveal them; a public round of randomness that lies after the last reveal is mixed in. Public.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Ballot {
    /// What is stored, for what is resolved from it.
    #[graphql(skip)]
    record: Arc<Record>,
    /// Global id of the ballot.
    #[graphql(owned)]
    pub id: ID,
    /// Counts the ballots of the class exception from 1.
    number: i32,
    /// What the ballot is called in everything that is hashed: the class exception's slug, a slash and the number.
    scheme: String,
    /// Where it stands at this moment. A phase ends when every body has acted, or at its deadline.
    status: BallotStatus,
    /// Places that were free when the list was frozen. Those that are free at the draw are given.
    places: i32,
    /// Places that were free at the draw; null until then.
    places_drawn: Option<i32>,
    /// How many entries are on the list: one for each worker.
    entry_count: i32,
    /// SHA-256 of the sorted list of entries, fixed before any secret is revealed.
    entries_digest: Sha256,
    /// Where anybody fetches the exact bytes behind `entriesDigest`.
    entries_url: Url,
    /// Where anybody fetches everything else that it takes to run the ballot again: ballot.json, for
    /// `nominations ballot verify`.
    document_url: Url,
    /// First instant at which no body commits any more.
    commit_by: DateTime,
    /// First instant at which no body reveals any more.
    reveal_by: DateTime,
    /// The public randomness that is mixed in. Null: the bodies' secrets alone, and the result is labelled so.
    beacon: Option<Beacon>,
    /// What each body has put into it, in order of slug.
    contributions: Vec<BallotContribution>,
    /// What went wrong until now, in order of time: at most three a body.
    incidents: Vec<BallotIncident>,
    /// What the secrets and the beacon give; null until the draw.
    seed: Option<Sha256>,
    /// Whether anybody can tell that nobody steered the draw; null until the draw.
    verifiability: Option<BallotVerifiability>,
    /// When the list was frozen.
    opened_at: DateTime,
    /// When it was drawn; null until then.
    drawn_at: Option<DateTime>,
    /// When it was voided; null where it was not.
    voided_at: Option<DateTime>,
    /// What allowed it to be voided; null where it was not.
    void_cause: Option<BallotVoidCause>,
    /// Why it was voided, in the words of whoever did it; null where it was not.
    void_reason: Option<String>,
}

impl Ballot {
    /// Of what was loaded, as it stands at `now`.
    ///
    /// # Errors
    /// Where something stored cannot be read.
    pub fn of(record: Arc<Record>, public_url: &Address, now: Instant<Utc>) -> Found<Self> {
        let (ballot, beacon) = (&record.ballot, record.beacon()?);
        let drawn = ended(&record, BallotOutcome::Drawn);
        let voided = ended(&record, BallotOutcome::Void);
        let incidents = record.incidents(now)?;
        Ok(Self {
            id: GlobalId::of(&ballot.id),
            number: ballot.number,
            scheme: record.scheme()?.to_string(),
            status: record.status(now)?.into(),
            places: ballot.places,
            places_drawn: drawn.and_then(|end| end.places),
            entry_count: ballot.entry_count,
            entries_digest: Sha256(record.entries_digest()?),
            entries_url: file(&record, public_url, "entries.txt")?,
            document_url: file(&record, public_url, "ballot.json")?,
            commit_by: ballot.commit_by.into(),
            reveal_by: ballot.reveal_by.into(),
            beacon: beacon.map(|beacon| Beacon::of(beacon, &record)).transpose()?,
            contributions: record.parts.iter().map(BallotContribution::of).collect::<Found<_>>()?,
            incidents: incidents.iter().filter_map(|one| BallotIncident::of(one, &record)).collect(),
            seed: drawn.and_then(|end| end.seed.as_deref()).map(hash).transpose()?.map(Sha256),
            verifiability: drawn.map(|_| verifiability(beacon).into()),
            opened_at: ballot.opened_at.into(),
            drawn_at: drawn.map(|end| end.at.into()),
            voided_at: voided.map(|end| end.at.into()),
            void_cause: voided.and_then(|end| end.void_cause).map(Into::into),
            void_reason: voided.and_then(|end| end.void_reason.clone()),
            record,
        })
    }

    async fn page(&self, ctx: &Context<'_>, args: &PageArgs) -> Result<BallotResultConnection> {
        let (app, scope) = (Arc::clone(schema::app(ctx)), schema::viewer(ctx).in_public());
        let ballot = self.record.ballot.id;
        let list = List::of(ctx, &format!("Ballot:{ballot}.results"));
        let request = list.request::<ResultKey>(args)?;
        let page = store::page_of_results(&app.db.read(&scope), ballot, &request).await?;
        let page = page.try_map(|row| Ok::<_, Fault>((ResultKey(row.rank), BallotResult::try_from(row)?)))?;
        let count = count(move || {
            let (app, scope) = (Arc::clone(&app), scope.clone());
            async move { store::count_results(&app.db.read(&scope), ballot).await }
        });
        Ok(BallotResultConnection::of(&list, page, count)?)
    }
}

/// How a ballot ended, where it ended so.
fn ended(record: &Record, outcome: BallotOutcome) -> Option<&ballot_end::Model> {
    record.end.as_ref().filter(|end| end.outcome == outcome)
}

/// Where a file of the ballot can be fetched.
fn file(record: &Record, public_url: &Address, name: &str) -> Found<Url> {
    let path = format!("ballots/{}/{}/{name}", record.exception, record.ballot.number);
    let address = public_url.join(&path).map_err(|why| Fault::stored("address of a ballot", why))?;
    Ok(Url::from(address))
}

#[ComplexObject]
impl Ballot {
    /// What is drawn for.
    async fn class_exception(&self, ctx: &Context<'_>) -> Result<ClassException> {
        let found = ClassException::load(ctx, self.record.ballot.exception_id).await?;
        Ok(found.ok_or_else(|| Fault::stored("class exception", "it is gone"))?)
    }

    /// The body whose lead opened it.
    async fn opened_by(&self, ctx: &Context<'_>) -> Result<Body> {
        body(ctx, self.record.ballot.body_id).await
    }

    /// How many entries are struck, as mistakes or since their applications did not wait any more at the draw. The document
    /// lists them.
    async fn struck_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let found = ctx.data_unchecked::<Ballots>().load_one(StrikesOf(self.record.ballot.id)).await?;
        Ok(i32::try_from(found.unwrap_or_default()).unwrap_or(i32::MAX))
    }

    /// The order, from the first on; null until the draw.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows from the start, or after `after`; at most 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page begins after.")] after: Option<String>,
        #[graphql(desc = "How many rows from the end, or before `before`; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page ends before.")] before: Option<String>,
    ) -> Result<Option<BallotResultConnection>> {
        if ended(&self.record, BallotOutcome::Drawn).is_none() {
            return Ok(None);
        }
        self.page(ctx, &PageArgs { first, after, last, before }).await.map(Some)
    }
}
