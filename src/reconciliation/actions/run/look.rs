//! The first look: everything, from one snapshot, a stretch at a time.

use std::collections::HashSet;

use chrono::NaiveDate;
use entity::{ApplicationId, ExceptionId};
use sea_orm::ConnectionTrait;

use super::details;
use crate::app::App;
use crate::error::Found;
use crate::reconciliation::rules::{Field, Finding, Frame, Person, Tally, pairs};
use crate::reconciliation::store::records::Compared;
use crate::reconciliation::store::{crowd, records};
use crate::tenancy::SystemScope;

/// Most findings that one run keeps: after a fault that breaks everything, more would help nobody. Others are found once some
/// of these are settled or mended.
pub const MOST_FOUND: usize = 10_000;

/// What the first look has seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Figures.
    pub tally: Tally,
    /// What seems wrong.
    pub findings: Vec<Finding>,
}

impl Seen {
    fn keep(&mut self, findings: Vec<Finding>) {
        let room = MOST_FOUND.saturating_sub(self.findings.len());
        self.findings.extend(findings.into_iter().take(room));
    }
}

pub(super) async fn look(app: &App, exception: ExceptionId) -> Found<Seen> {
    let scope = SystemScope::of("reconcile");
    let now = app.db.clock().now();
    let snapshot = app.db.snapshot(&scope).await?;
    let conn = snapshot.conn();
    let mut seen = Seen::default();
    let compared = records::compared(conn, exception).await?;
    let frame = Frame { exception, now, release: compared.release.map(|(_, published)| published) };
    let differing = details_differ(conn, app, compared, &mut seen).await?;
    let mut after = None;
    loop {
        let piece = records::load_piece(conn, compared, after).await?;
        for one in piece.stretch() {
            let findings = frame.judge(&one);
            seen.tally.count(&one, findings.is_empty() && !differing.contains(&one.application));
            seen.keep(findings);
        }
        match piece.last {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    seen.keep(frame.release_finding().into_iter().collect());
    same_workers(conn, exception, &mut seen).await?;
    snapshot.end().await?;
    Ok(seen)
}

/// What the agency has told of nominations, against what we have of them; of which it differs.
async fn details_differ(
    conn: &impl ConnectionTrait,
    app: &App,
    compared: Compared,
    seen: &mut Seen,
) -> Found<HashSet<ApplicationId>> {
    let mut differing = HashSet::new();
    let mut after = None;
    loop {
        let (findings, next) = details::look(conn, app, compared, after).await?;
        differing.extend(findings.iter().filter_map(|finding| Some(finding.subject?.application)));
        seen.keep(findings);
        if next.is_none() {
            return Ok(differing);
        }
        after = next;
    }
}

/// Who may be one worker, all live applications over.
async fn same_workers(conn: &impl ConnectionTrait, exception: ExceptionId, seen: &mut Seen) -> Found<()> {
    let mut twins = HashSet::new();
    let mut after = None;
    let mut group: Vec<Person> = Vec::new();
    loop {
        let (people, reached) = crowd::by_passport(conn, exception, &after).await?;
        for person in people {
            if group.first().is_some_and(|first| first.matched != person.matched) {
                seen.keep(passports(conn, exception, &mut group, &mut twins).await?);
            }
            group.push(person);
        }
        if reached.is_none() {
            break;
        }
        after = reached;
    }
    seen.keep(passports(conn, exception, &mut group, &mut twins).await?);
    namesakes(conn, exception, &twins, seen).await
}

/// The pairs among those of one passport, which are taken out.
async fn passports(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
    group: &mut Vec<Person>,
    twins: &mut HashSet<(ApplicationId, ApplicationId)>,
) -> Found<Vec<Finding>> {
    let group = std::mem::take(group);
    if group.len() < 2 {
        return Ok(Vec::new());
    }
    let found = matched(conn, exception, group, Field::Passport, &HashSet::new()).await?;
    let pair = |finding: &Finding| Some((finding.subject?.application, finding.other?.application));
    twins.extend(found.iter().filter_map(pair));
    Ok(found)
}

async fn namesakes(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
    twins: &HashSet<(ApplicationId, ApplicationId)>,
    seen: &mut Seen,
) -> Found<()> {
    let mut after = None;
    let mut day: Option<NaiveDate> = None;
    let mut born = Vec::new();
    loop {
        let (people, reached) = crowd::by_birth(conn, exception, &after).await?;
        for (birthday, person) in people {
            if day.replace(birthday).is_some_and(|day| day != birthday) {
                let people = std::mem::take(&mut born);
                seen.keep(matched(conn, exception, people, Field::NameAndBirth, twins).await?);
            }
            born.push(person);
        }
        if reached.is_none() {
            break;
        }
        after = reached;
    }
    seen.keep(matched(conn, exception, born, Field::NameAndBirth, twins).await?);
    Ok(())
}

/// The pairs among some people; what was told apart is looked up only where some match.
async fn matched(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
    people: Vec<Person>,
    by: Field,
    twins: &HashSet<(ApplicationId, ApplicationId)>,
) -> Found<Vec<Finding>> {
    let mut once = HashSet::new();
    if people.iter().all(|person| once.insert(&person.matched)) {
        return Ok(Vec::new());
    }
    let ids: Vec<ApplicationId> = people.iter().map(|person| person.application).collect();
    let apart = crowd::told_apart(conn, &ids).await?.into_iter().collect();
    Ok(pairs(exception, people, by, &apart, twins))
}
