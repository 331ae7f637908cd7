//! Releases of the combined list: whether they say what was attested, whether places and cases stand where the last one
//! puts them.

use std::collections::{BTreeMap, HashMap, HashSet};

use entity::{
    ApplicationId, BodyId, PlaceState, ReleaseChangeKind, ReleaseLineState, ReleaseStatus, agency_case,
    attestation, class_exception, place, release, release_line, release_section, release_state,
};

use super::store::releases as store;
use super::{Frame, Report, Rule};
use crate::app::App;
use crate::db::Snapshot;
use crate::error::Found;
use crate::exceptions::rules::is_purged;
use crate::releases::actions::open_line;
use crate::releases::rules::{Content, release_digest, section_digest, section_header};

/// A release with all that hangs on it.
struct Whole {
    release: release::Model,
    state: Option<release_state::Model>,
    sections: Vec<release_section::Model>,
    attestations: Vec<attestation::Model>,
    lines: Vec<release_line::Model>,
}

pub(super) async fn examine(
    app: &App,
    snapshot: &Snapshot,
    exception: &class_exception::Model,
    frame: &Frame,
    report: &mut Report,
) -> Found<()> {
    let slugs: HashMap<BodyId, String> = store::load_slugs(snapshot).await?.into_iter().collect();
    let (mut last, mut sent, mut before) = (None, HashSet::new(), 0);
    let mut live = 0;
    for release in store::load_releases(snapshot, exception.id).await? {
        let whole = load(snapshot, release).await?;
        let about = name(exception, &whole.release);
        let follows = whole.release.number == before + 1;
        report.expect(follows, Rule::ReleaseAddsUp, &about, format!("it follows number {before}"));
        before = whole.release.number;
        adds_up(&whole, &about, report);
        digests(app, exception, &slugs, &whole, &about, report);
        attested(&whole, &about, report);
        let Some(state) = &whole.state else { continue };
        live += i32::from(matches!(state.status, ReleaseStatus::Prepared | ReleaseStatus::Attested));
        if state.published_at.is_some() {
            let listed = whole.lines.iter().filter(|line| line.change == Some(ReleaseChangeKind::Added));
            sent.extend(listed.map(|line| (line.application_id, line.body_id)));
            last = Some(whole);
        }
    }
    let wrong = format!("{live} releases are on their way at once");
    report.expect(live <= 1, Rule::OneLiveRelease, &exception.slug, wrong);
    listed(exception, last.as_ref(), frame, report);
    cases(&store::load_cases(snapshot, exception.id).await?, &sent, report);
    movements(snapshot, exception, &sent, report).await
}

fn name(exception: &class_exception::Model, release: &release::Model) -> String {
    format!("release {} of {}", release.number, exception.slug)
}

async fn load(snapshot: &Snapshot, release: release::Model) -> Found<Whole> {
    Ok(Whole {
        state: store::find_state(snapshot, release.id).await?,
        sections: store::load_sections(snapshot, release.id).await?,
        attestations: store::load_attestations(snapshot, release.id).await?,
        lines: store::load_lines(snapshot, release.id).await?,
        release,
    })
}

/// The lines of each body, in order of rows.
fn by_body(whole: &Whole) -> BTreeMap<BodyId, Vec<&release_line::Model>> {
    let mut bodies: BTreeMap<BodyId, Vec<&release_line::Model>> = BTreeMap::new();
    for line in &whole.lines {
        bodies.entry(line.body_id).or_default().push(line);
    }
    for lines in bodies.values_mut() {
        lines.sort_unstable_by_key(|line| line.section_row);
    }
    bodies
}

fn adds_up(whole: &Whole, about: &str, report: &mut Report) {
    let count = |lines: usize| i32::try_from(lines).unwrap_or(i32::MAX);
    report.expect(whole.state.is_some(), Rule::ReleaseAddsUp, about, "it stands nowhere");
    let wrong = format!("it says {} lines, and has {}", whole.release.line_count, whole.lines.len());
    report.expect(whole.release.line_count == count(whole.lines.len()), Rule::ReleaseAddsUp, about, wrong);
    let bodies = by_body(whole);
    for section in &whole.sections {
        let lines = bodies.get(&section.body_id).map_or(&[][..], Vec::as_slice);
        let rows_follow = lines.iter().zip(1..).all(|(line, row)| line.section_row == row);
        let in_order = lines.is_sorted_by_key(|line| &line.reference);
        let wrong = "a section has other lines than it says, or in another order";
        let fits = section.line_count == count(lines.len()) && rows_follow && in_order;
        report.expect(fits, Rule::ReleaseAddsUp, about, wrong);
    }
    let wrong = "it has lines of a body without a section";
    report.expect(bodies.len() == whole.sections.len(), Rule::ReleaseAddsUp, about, wrong);
}

/// Everything that the digests cover is computed again from what is sealed.
fn digests(
    app: &App,
    exception: &class_exception::Model,
    slugs: &HashMap<BodyId, String>,
    whole: &Whole,
    about: &str,
    report: &mut Report,
) {
    let mut parts = Vec::new();
    let is_purged = is_purged(exception, app.db.clock().now());
    for (body, lines) in by_body(whole) {
        let slug = slugs.get(&body).cloned().unwrap_or_default();
        let mut texts = Vec::with_capacity(lines.len());
        for line in lines {
            let content = match open_line(app, line) {
                Ok(Some(content)) => content,
                // Of what was purged the digests stay, and nothing that they could be computed from.
                Ok(None) if is_purged => continue,
                Ok(None) | Err(_) => {
                    let wrong = format!("its line {} does not open", line.reference);
                    report.tell(Rule::ReleaseDigests, about, wrong);
                    continue;
                }
            };
            let wrong = format!("its line {} says something else than its columns", line.reference);
            report.expect(agrees(line, &slug, &content), Rule::ReleaseDigests, about, wrong);
            texts.push(content.text());
        }
        let header = section_header(&exception.slug, whole.release.number, &slug);
        let computed = section_digest(&header, texts.iter().map(String::as_str));
        let was_purged = is_purged && texts.is_empty();
        let said = whole.sections.iter().find(|section| section.body_id == body);
        let said = said.map_or("", |section| section.digest.as_str()).to_owned();
        let wrong = format!("the section of {slug} says another digest than its lines make");
        report.expect(was_purged || said == computed, Rule::ReleaseDigests, about, wrong);
        parts.push((slug, said));
    }
    parts.sort_unstable();
    let parts: Vec<_> = parts.iter().map(|(slug, digest)| (slug.as_str(), digest.as_str())).collect();
    let head = whole.release.history_head.as_deref();
    let computed = release_digest(&exception.slug, whole.release.number, head, &parts);
    let wrong = "it says another digest than its sections make";
    report.expect(whole.release.digest == computed, Rule::ReleaseDigests, about, wrong);
}

fn agrees(line: &release_line::Model, slug: &str, content: &Content) -> bool {
    let word = |change: ReleaseChangeKind| change.word();
    let changed: Vec<String> = serde_json::from_value(line.changed_fields.clone()).unwrap_or_default();
    [
        ("row", line.section_row.to_string()),
        ("state", line.state.word()),
        ("change", line.change.map(word).unwrap_or_default()),
        ("changed", changed.join(" ")),
        ("reason", line.reason.clone().unwrap_or_default()),
        ("reference", line.reference.clone()),
        ("body", slug.to_owned()),
        ("place", line.place_number.to_string()),
    ]
    .into_iter()
    .all(|(column, value)| content.get(column) == value)
}

/// Nothing is attested, published or acknowledged that not every body with lines has attested, by the digest that it has.
fn attested(whole: &Whole, about: &str, report: &mut Report) {
    for one in &whole.attestations {
        let section = whole.sections.iter().find(|section| section.body_id == one.body_id);
        let fits = section.is_some_and(|own| (&own.digest, own.line_count) == (&one.digest, one.line_count));
        report.expect(fits, Rule::ReleaseAttested, about, "a body attested another section than it has");
    }
    let is_attested = whole.state.as_ref().is_some_and(|state| state.attested_at.is_some());
    let all = whole.attestations.len() == whole.sections.len();
    let wrong = if is_attested {
        "a body with lines has not attested it"
    } else {
        "all have attested it, and it is not ATTESTED"
    };
    report.expect(is_attested == all, Rule::ReleaseAttested, about, wrong);
}

/// Places stand where the last published release puts them, but for what has happened since.
fn listed(exception: &class_exception::Model, last: Option<&Whole>, frame: &Frame, report: &mut Report) {
    let lines = last.map_or(&[][..], |whole| whole.lines.as_slice());
    let standing: HashMap<ApplicationId, ReleaseLineState> =
        lines.iter().map(|line| (line.application_id, line.state)).collect();
    let of_exception = |place: &&place::Model| place.exception_id == exception.id;
    for place in frame.held.values().filter(of_exception) {
        let Some(line) = place.application_id.map(|holder| standing.get(&holder)) else { continue };
        let (fits, wrong) = match place.state {
            PlaceState::Reserved => (line.is_none(), "it is RESERVED, and its holder is on the last release"),
            PlaceState::Listed | PlaceState::Consumed | PlaceState::Returning => (
                line.is_some_and(|state| *state != ReleaseLineState::Removed),
                "it is LISTED, CONSUMED or RETURNING, and its holder is not on the last release",
            ),
            PlaceState::Available | PlaceState::Retired => (true, ""),
        };
        report.expect(fits, Rule::ListedOnRelease, super::places::name(Some(exception), place), wrong);
    }
}

/// The agency has a case for what a published release was the first to list, and for nothing else.
fn cases(
    cases: &[(agency_case::Model, String)],
    sent: &HashSet<(ApplicationId, BodyId)>,
    report: &mut Report,
) {
    let mut left: HashMap<ApplicationId, BodyId> = sent.iter().copied().collect();
    for (case, reference) in cases {
        let fits = left.remove(&case.application_id) == Some(case.body_id);
        let wrong = "the agency has a case of it, and no published release listed it for its body";
        report.expect(fits, Rule::AgencyCase, reference, wrong);
    }
    let wrong = format!("{} of its nominations were listed, and the agency has no case of them", left.len());
    report.expect(left.is_empty(), Rule::AgencyCase, "releases", wrong);
}

/// What was listed first has a place that was moved so in the ledger.
async fn movements(
    snapshot: &Snapshot,
    exception: &class_exception::Model,
    sent: &HashSet<(ApplicationId, BodyId)>,
    report: &mut Report,
) -> Found<()> {
    let moved: HashSet<(ApplicationId, BodyId)> =
        store::load_published(snapshot, exception.id).await?.into_iter().collect();
    let wrong = "the ledger has other places published than releases list";
    report.expect(moved == *sent, Rule::PublishedMovement, &exception.slug, wrong);
    Ok(())
}
