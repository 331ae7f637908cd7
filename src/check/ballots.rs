//! Ballots, run again: whatever was published of one is verified as anybody outside would, and the queue goes by it.

use std::collections::{BTreeMap, HashMap};

use entity::{ApplicationId, BallotId, BallotOutcome, ExceptionId, class_exception};

use super::{Report, Rule, store};
use crate::app::App;
use crate::ballots::files;
use crate::ballots::record::Record;
use crate::ballots::store as ballots;
use crate::ballots::verify::verify;
use crate::db::Snapshot;
use crate::error::{Fault, Found};

pub(super) async fn examine(
    app: &App,
    snapshot: &Snapshot,
    exceptions: &HashMap<ExceptionId, class_exception::Model>,
    report: &mut Report,
) -> Found<()> {
    let ids: Vec<_> = exceptions.keys().copied().collect();
    let found = ballots::of_exceptions(snapshot.conn(), &ids).await?;
    let records = ballots::records(snapshot.conn(), found).await?;
    let live: Vec<BallotId> =
        ballots::load_live(snapshot.conn()).await?.into_iter().map(|live| live.ballot_id).collect();
    for record in &records {
        let goes_on = live.contains(&record.ballot.id);
        let wrong =
            if goes_on { "it goes on, and has ended" } else { "it has not ended, and does not go on" };
        report.expect(goes_on == record.end.is_none(), Rule::BallotLive, name(record), wrong);
        run_again(app, snapshot, record, report).await?;
    }
    for exception in exceptions.values() {
        let own: Vec<_> =
            records.iter().filter(|record| record.ballot.exception_id == exception.id).collect();
        drawn_once(exception, &own, report);
        ranks(snapshot, exception, &own, report).await?;
    }
    Ok(())
}

/// How people name a ballot.
fn name(record: &Record) -> String {
    format!("ballot {}/{}", record.exception, record.ballot.number)
}

/// Verifies the very bytes that anybody can fetch.
async fn run_again(app: &App, snapshot: &Snapshot, record: &Record, report: &mut Report) -> Found<()> {
    let now = app.db.clock().now();
    let files = async {
        let document = files::document(snapshot.conn(), record, now).await?;
        Ok::<_, Fault>((document, files::entries(snapshot.conn(), record.ballot.id).await?))
    };
    match files.await {
        Ok((document, entries)) => {
            for differs in verify(document.file().as_bytes(), &entries).differs {
                report.tell(Rule::BallotVerifies, name(record), differs);
            }
        }
        Err(fault @ Fault::Stored { .. }) => report.tell(Rule::BallotVerifies, name(record), fault),
        Err(fault @ (Fault::Database(_) | Fault::Race(_))) => return Err(fault),
    }
    Ok(())
}

/// The ballot that an exception was drawn by.
fn draw_of<'r>(own: &[&'r Record]) -> Option<&'r Record> {
    let is_drawn =
        |record: &&&Record| record.end.as_ref().is_some_and(|end| end.outcome == BallotOutcome::Drawn);
    own.iter().find(is_drawn).copied()
}

/// An exception is drawn once at most, and knows of it.
fn drawn_once(exception: &class_exception::Model, own: &[&Record], report: &mut Report) {
    let draws: Vec<_> = own.iter().filter_map(|record| record.end.as_ref()).collect();
    let draws: Vec<_> = draws.into_iter().filter(|end| end.outcome == BallotOutcome::Drawn).collect();
    let wrong = format!("it was drawn {} times", draws.len());
    report.expect(draws.len() <= 1, Rule::DrawnOnce, &exception.slug, wrong);
    let agrees = exception.drawn_at == draws.first().map(|end| end.at);
    report.expect(
        agrees,
        Rule::DrawnOnce,
        &exception.slug,
        "its draw is kept with another instant than its ballot's",
    );
}

/// Whoever waits has the rank that the draw gave, and nobody else has one.
async fn ranks(
    snapshot: &Snapshot,
    exception: &class_exception::Model,
    own: &[&Record],
    report: &mut Report,
) -> Found<()> {
    let drawn: BTreeMap<ApplicationId, i32> = match draw_of(own) {
        Some(record) => store::load_ranks(snapshot, record.ballot.id).await?.into_iter().collect(),
        None => BTreeMap::new(),
    };
    for (id, reference, rank) in store::load_queue_ranks(snapshot, exception.id).await? {
        let expected = drawn.get(&id).copied();
        let told = |rank: Option<i32>| rank.map_or("no rank".to_owned(), |rank| format!("rank {rank}"));
        let wrong = format!("it waits with {}, and the draw gave it {}", told(rank), told(expected));
        report.expect(rank == expected, Rule::BallotRanks, reference, wrong);
    }
    Ok(())
}
