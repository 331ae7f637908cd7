//! Releases of the combined list, from being frozen to being acknowledged, and what each does to places and cases.

use entity::{
    AgencyStatus, ApplicationId, ApplicationStatus, HoldBackReason, PlaceState, ReleaseChangeKind as Change,
    ReleaseId, ReleaseLineState as State, ReleaseStatus,
};
use nominations::applications::actions::{
    AmendNomination, ConfirmAmendment, HoldApplication, ReleaseHold, ReplaceWorker, SubmitApplication,
};
use nominations::applications::details::{Changes, LongText, WorkerDetails};
use nominations::check::check;
use nominations::error::{Failure, UserErrorCode as Code};
use nominations::releases::rules::{release_digest, section_digest, section_header};
use nominations::schema::GlobalId;
use nominations::tenancy::Permission;
use nominations::values::text::Line;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::support::World;
use super::support::caseload::{Caseload, Wanted, agent_scope, staff_scope, worker};
use super::support::casework::payload;
use super::support::cast::{
    ITP, ITP_SERVICE, KAURI, KAURI_AGENT, NZTECH, NZTECH_LEAD, NZTECH_SECOND, RATA, RATA_AGENT,
};
use super::support::releases::code;

mod files;
mod races;
mod seen;

on_both_databases! {
    a_release_goes_its_whole_way,
    digests_are_recomputed_from_the_lines,
    what_is_not_attested_or_of_another_digest_is_refused,
    withdrawn_before_it_is_published_gives_the_release_up,
    withdrawn_after_it_is_published_is_suspended_then_removed,
    a_replaced_worker_is_removed_as_the_other_is_added,
    a_correction_is_in_the_next_release,
    what_is_held_back_waits_and_comes_later,
    what_comes_after_a_place_was_given_holds_nobody_back,
    a_release_that_is_not_so_any_more_is_not_published,
    a_place_above_the_cap_retires_as_it_returns,
}

fn words(text: &str) -> LongText {
    LongText::parse(text).expect("a text")
}

/// Nothing that the check knows of is wrong.
async fn is_sound(world: &World) {
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

/// State and change of the line of an application.
async fn told(world: &World, release: ReleaseId, id: ApplicationId) -> Option<(State, Option<Change>)> {
    world.line(release, id).await.map(|line| (line.state, line.change))
}

async fn a_release_goes_its_whole_way(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    assert_eq!(code(world.prepare(&NZTECH).await), Code::WrongStatus);
    let ours = cases.confirmed(&Wanted::new("N1")).await;
    let theirs = cases.confirmed(&Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N2") }).await;
    let revision = world.application(theirs).await.revision;
    let release = world.prepare(&NZTECH).await.expect("a release");
    assert_eq!(code(world.prepare(&ITP).await), Code::WrongStatus);
    assert_eq!(world.release_state(release).await.status, ReleaseStatus::Prepared);
    assert_eq!(world.place_of(ours).await.expect("a place").state, PlaceState::Reserved);

    world.attest(&NZTECH, release, &world.section_digest(release, &NZTECH).await).await.expect("done");
    assert_eq!(world.release_state(release).await.status, ReleaseStatus::Prepared);
    world.attest(&ITP, release, &world.section_digest(release, &ITP).await).await.expect("done");
    assert_eq!(world.release_state(release).await.status, ReleaseStatus::Attested);
    world.publish(&ITP, release).await.expect("done");
    assert_eq!(world.release_state(release).await.status, ReleaseStatus::Published);
    for id in [ours, theirs] {
        assert_eq!(world.place_of(id).await.expect("a place").state, PlaceState::Listed);
        assert_eq!(world.agency_status(id).await, Some(AgencyStatus::Sent));
        assert_eq!(told(&world, release, id).await, Some((State::Listed, Some(Change::Added))));
    }
    assert_eq!(world.application(theirs).await.revision, revision + 1);

    let digest = world.release(release).await.digest;
    world.acknowledge(release, &digest).await.expect("done");
    assert_eq!(world.release_state(release).await.status, ReleaseStatus::Acknowledged);
    assert_eq!(world.agency_status(ours).await, Some(AgencyStatus::Acknowledged));
    is_sound(&world).await;

    let third = cases.confirmed(&Wanted::new("N3")).await;
    let next = world.published().await;
    let model = world.release(next).await;
    assert_eq!((model.number, model.previous_number, model.line_count), (2, Some(1), 3));
    assert_eq!(told(&world, next, ours).await, Some((State::Listed, None)));
    let line = world.line(next, third).await.expect("a line");
    assert_eq!((line.change, line.listed_in), (Some(Change::Added), 2));
    assert_eq!(world.agency_status(ours).await, Some(AgencyStatus::Acknowledged));
    assert_eq!(world.agency_status(third).await, Some(AgencyStatus::Sent));
    is_sound(&world).await;
}

async fn digests_are_recomputed_from_the_lines(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    for passport in ["N1", "N2", "N3"] {
        cases.confirmed(&Wanted::new(passport)).await;
    }
    cases.confirmed(&Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N4") }).await;
    let release = world.prepare(&NZTECH).await.expect("a release");
    let lines = world.lines(release).await;
    let mut digests = Vec::new();
    for body in [&ITP, &NZTECH] {
        let own: Vec<_> = lines.iter().filter(|line| line.body_id == body.id()).collect();
        assert!(own.is_sorted_by_key(|line| &line.reference));
        let texts: Vec<String> = own.iter().map(|line| world.opened(line).text()).collect();
        let header = section_header("specialist-tech", 1, body.slug);
        let digest = section_digest(&header, texts.iter().map(String::as_str));
        assert_eq!(digest, world.section_digest(release, body).await);
        digests.push((body.slug, digest));
    }
    let digests: Vec<_> = digests.iter().map(|(slug, digest)| (*slug, digest.as_str())).collect();
    let digest = release_digest("specialist-tech", 1, None, &digests);
    assert_eq!(digest, world.release(release).await.digest);
    let content = world.opened(&lines[0]);
    for (column, value) in [
        ("class_exception", "specialist-tech"),
        ("release", "1"),
        ("row", "1"),
        ("state", "LISTED"),
        ("change", "ADDED"),
        ("worker_family_name", "Rao"),
        ("date_of_birth", "1990-06-01"),
        ("passport_issuing_state", "IND"),
        ("role", "2613"),
        ("annual_pay", "130000.00"),
        ("pay_currency", "NZD"),
        ("hours_per_week", "40.00"),
        ("region", "Wellington"),
    ] {
        assert_eq!(content.get(column), value, "{column}");
    }
    assert!(content.get("worker_name_mrz").starts_with("RAO<<ASHA<"));
    assert!(["N1", "N2", "N3", "N4"].contains(&content.get("passport_number")));
}

async fn what_is_not_attested_or_of_another_digest_is_refused(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1")).await;
    let release = world.prepare(&NZTECH).await.expect("a release");
    let digest = world.section_digest(release, &NZTECH).await;
    let whole = world.release(release).await.digest;
    let before = world.count_rows().await;
    assert_eq!(code(world.attest(&NZTECH, release, &whole).await), Code::DigestMismatch);
    assert_eq!(code(world.attest(&NZTECH, release, &digest.to_uppercase()).await), Code::DigestMismatch);
    assert_eq!(code(world.attest(&ITP, release, &digest).await), Code::WrongStatus);
    assert_eq!(code(world.publish(&NZTECH, release).await), Code::NotAttested);
    // The agency knows of no release that is not published.
    assert_eq!(code(world.acknowledge(release, &whole).await), Code::NotFound);
    assert_eq!(world.count_rows().await, before);
    world.attest(&NZTECH, release, &digest).await.expect("an attestation");
    assert_eq!(code(world.attest(&NZTECH, release, &digest).await), Code::Duplicate);
    world.publish(&NZTECH, release).await.expect("a publication");
    let before = world.count_rows().await;
    assert_eq!(code(world.publish(&NZTECH, release).await), Code::WrongStatus);
    assert_eq!(code(world.abandon(&NZTECH, release).await), Code::WrongStatus);
    assert_eq!(code(world.acknowledge(release, &digest).await), Code::DigestMismatch);
    assert_eq!(world.count_rows().await, before);
    assert_eq!(world.release_state(release).await.status, ReleaseStatus::Published);
    assert_eq!(world.agency_status(id).await, Some(AgencyStatus::Sent));
    world.acknowledge(release, &whole).await.expect("an acknowledgement");
    assert_eq!(code(world.acknowledge(release, &whole).await), Code::WrongStatus);
}

async fn withdrawn_before_it_is_published_gives_the_release_up(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    let first = cases.confirmed(&Wanted::new("N1")).await;
    let next = cases.confirmed(&Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N2") }).await;
    let release = world.prepare(&NZTECH).await.expect("a release");
    world.attest(&NZTECH, release, &world.section_digest(release, &NZTECH).await).await.expect("done");
    // What is being prepared is told to the body beforehand, and not to the employer.
    for (caller, mutation, told) in
        [(&NZTECH_LEAD, "revokeNomination", true), (&KAURI_AGENT, "withdrawApplication", false)]
    {
        let application = world.application(first).await;
        let input = json!({ "id": GlobalId::of(&first), "version": application.version, "reason": "No.",
                            "dryRun": true });
        let caller = world.sign_in(caller).await;
        let impact = payload(&caller, mutation, "impact { summary }", input).await["impact"].take();
        let summary = impact["summary"].as_str().expect("a summary").to_owned();
        assert_eq!(
            summary.contains("Release 1, which was prepared and lists it, is given up"),
            told,
            "{summary}"
        );
    }
    world.take_back(first).await.expect("a revocation");
    let state = world.release_state(release).await;
    assert_eq!((state.status, state.abandoned_by), (ReleaseStatus::Abandoned, None));
    let reason = state.abandon_reason.expect("a reason");
    assert!(reason.contains(&world.application(first).await.reference), "{reason}");
    assert_eq!(code(world.publish(&NZTECH, release).await), Code::WrongStatus);
    assert_eq!(world.application(next).await.status, ApplicationStatus::Nominated);
    let release = world.published().await;
    assert_eq!(world.release(release).await.number, 2);
    assert_eq!(told(&world, release, first).await, None);
    assert_eq!(told(&world, release, next).await, Some((State::Listed, Some(Change::Added))));
    is_sound(&world).await;
}

async fn withdrawn_after_it_is_published_is_suspended_then_removed(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    let first = cases.confirmed(&Wanted::new("N1")).await;
    let next = cases.confirmed(&Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N2") }).await;
    world.acknowledged().await;
    world.take_back(first).await.expect("a revocation");
    assert_eq!(world.place_of(first).await.expect("a place").state, PlaceState::Returning);

    let second = world.published().await;
    assert_eq!(told(&world, second, first).await, Some((State::Suspended, Some(Change::Suspended))));
    assert_eq!(world.line(second, first).await.expect("a line").reason.as_deref(), Some("REVOKED"));
    assert_eq!(world.place_of(first).await.expect("a place").state, PlaceState::Returning);
    assert_eq!(world.application(next).await.status, ApplicationStatus::Confirmed);
    is_sound(&world).await;

    let digest = world.release(second).await.digest;
    world.acknowledge(second, &digest).await.expect("an acknowledgement");
    assert_eq!(world.place_of(first).await, None);
    assert_eq!(world.application(next).await.status, ApplicationStatus::Nominated);
    is_sound(&world).await;

    let third = world.acknowledged().await;
    assert_eq!(told(&world, third, first).await, Some((State::Removed, Some(Change::Removed))));
    assert_eq!(told(&world, third, next).await, Some((State::Listed, Some(Change::Added))));
    let fourth = world.published().await;
    assert_eq!(told(&world, fourth, first).await, None);
    assert_eq!(told(&world, fourth, next).await, Some((State::Listed, None)));
    is_sound(&world).await;
}

async fn a_replaced_worker_is_removed_as_the_other_is_added(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let old = cases.confirmed(&Wanted::new("N1")).await;
    world.acknowledged().await;
    let release = world.prepare(&NZTECH).await.expect("a release");
    let new = replaced(&cases, old).await;
    // What lists the old one is given up: it is not so any more.
    assert_eq!(world.release_state(release).await.status, ReleaseStatus::Abandoned);
    assert_eq!(world.place_of(new).await.expect("a place").state, PlaceState::Reserved);
    let release = world.published().await;
    assert_eq!(told(&world, release, old).await, Some((State::Removed, Some(Change::Removed))));
    assert_eq!(world.line(release, old).await.expect("a line").reason.as_deref(), Some("SUPERSEDED"));
    assert_eq!(told(&world, release, new).await, Some((State::Listed, Some(Change::Added))));
    assert_eq!(world.agency_status(new).await, Some(AgencyStatus::Sent));
    is_sound(&world).await;
}

/// The application for another worker, confirmed.
async fn replaced(cases: &Caseload<'_>, old: ApplicationId) -> ApplicationId {
    let (world, scope) = (cases.world, agent_scope(&KAURI));
    let version = world.application(old).await.version;
    let replace = ReplaceWorker {
        app: &world.app,
        scope: scope.clone(),
        id: old,
        version,
        worker: worker("N9"),
        reason: words("Another."),
    };
    let id = world.app.db.perform(&scope, None, &replace).await.expect("a replacement");
    let submit = SubmitApplication {
        app: &world.app,
        scope: scope.clone(),
        id,
        version: 1,
        declaration: true,
        told_on: None,
    };
    world.app.db.perform(&scope, None, &submit).await.expect("a submission");
    cases.endorse(id, &Wanted::new("N9")).await;
    world.confirm(&world.application(id).await).await.expect("a confirmation")
}

async fn a_correction_is_in_the_next_release(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1")).await;
    let first = world.acknowledged().await;
    let changes = Changes {
        job_title: Some(Line::parse("Developer").expect("a line")),
        worker: Some(WorkerDetails { given_names: worker("N1").given_names, ..worker("N7") }),
        ..Changes::default()
    };
    corrected(&world, id, changes).await;
    let release = world.published().await;
    let line = world.line(release, id).await.expect("a line");
    assert_eq!((line.state, line.change), (State::Listed, Some(Change::Amended)));
    assert_eq!(line.changed_fields, serde_json::json!(["passport_number", "job_title"]));
    let content = world.opened(&line);
    assert_eq!((content.get("job_title"), content.get("passport_number")), ("Developer", "N7"));
    let before = world.line(first, id).await.expect("a line");
    assert_eq!(world.opened(&before).get("job_title"), "Software Engineer");
    is_sound(&world).await;
}

/// A correction by one person that another accepts.
pub async fn corrected(world: &World, id: ApplicationId, changes: Changes) {
    let scope = staff_scope(&NZTECH_SECOND, Permission::Assess);
    let version = world.application(id).await.version;
    let reason = words("The agreement says so.");
    let amend = AmendNomination { app: &world.app, scope: scope.clone(), id, version, reason, changes };
    world.app.db.perform(&scope, None, &amend).await.expect("a correction");
    let found = entity::amendment::Entity::find().filter(entity::amendment::Column::ApplicationId.eq(id));
    let amendment = found.one(world.conn()).await.expect("a query").expect("a correction").id;
    let scope = staff_scope(&NZTECH_LEAD, Permission::Confirm);
    let version = world.application(id).await.version;
    let (accept, note) = (true, None);
    let confirm =
        ConfirmAmendment { app: &world.app, scope: scope.clone(), id, version, amendment, accept, note };
    world.app.db.perform(&scope, None, &confirm).await.expect("a decision");
}

async fn what_is_held_back_waits_and_comes_later(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let held = cases.confirmed(&Wanted::new("N1")).await;
    let twice = cases.confirmed(&Wanted { firm: &RATA, ..Wanted::new("N2") }).await;
    let other = cases.confirmed(&Wanted { body: &ITP, ..Wanted::new("N2") }).await;
    let free = cases.confirmed(&Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N3") }).await;
    set_hold(&world, held, true).await;
    let release = world.published().await;
    assert_eq!(told(&world, release, free).await, Some((State::Listed, Some(Change::Added))));
    assert_eq!(world.lines(release).await.len(), 1);
    let waiting: Vec<_> =
        world.held_back(release).await.into_iter().map(|one| (one.application_id, one.reason)).collect();
    assert_eq!(waiting, [(held, HoldBackReason::OnHold), (twice, HoldBackReason::OpenDuplicate)]);
    assert_eq!(world.place_of(held).await.expect("a place").state, PlaceState::Reserved);
    is_sound(&world).await;
    set_hold(&world, held, false).await;
    world.take_back(other).await.expect("a revocation");
    let release = world.published().await;
    assert_eq!(world.held_back(release).await, []);
    for id in [held, twice] {
        assert_eq!(told(&world, release, id).await, Some((State::Listed, Some(Change::Added))));
    }
    is_sound(&world).await;
}

async fn what_comes_after_a_place_was_given_holds_nobody_back(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let earlier = cases.submitted(&Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N2") }).await;
    let ours = cases.confirmed(&Wanted::new("N1")).await;
    let second = cases.confirmed(&Wanted { firm: &RATA, ..Wanted::new("N2") }).await;
    // Submitted after that, and taken in after that with an earlier day of receipt.
    cases.submitted(&Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N1") }).await;
    let mut row = super::import::row("M-1");
    row["worker"]["passportNumber"] = json!("N1");
    row["worker"]["passportIssuingState"] = json!("IND");
    world.wait_minutes(1);
    let machine = world.sign_in(&ITP_SERVICE).await;
    let taken = super::import::taken_in(&machine, &[row]).await;
    assert_eq!(taken[0]["effect"], "CREATED", "{taken:?}");
    let release = world.published().await;
    assert_eq!(told(&world, release, ours).await, Some((State::Listed, Some(Change::Added))));
    let waiting = world.held_back(release).await;
    let waiting: Vec<_> = waiting.into_iter().map(|one| (one.application_id, one.reason)).collect();
    assert_eq!(waiting, [(second, HoldBackReason::OpenDuplicate)]);
    is_sound(&world).await;
    let agent = world.sign_in(&RATA_AGENT).await;
    let (id, version) = (GlobalId::of(&earlier).to_string(), world.application(earlier).await.version);
    let input = json!({ "id": id, "version": version, "reason": "We found somebody here." });
    super::support::acts::act(&agent, "withdrawApplication", &input).await;
    let release = world.published().await;
    assert_eq!(world.held_back(release).await, []);
    is_sound(&world).await;
}

async fn set_hold(world: &World, id: ApplicationId, on_hold: bool) {
    let scope = staff_scope(&NZTECH_LEAD, Permission::Confirm);
    let (app, version) = (&world.app, world.application(id).await.version);
    if on_hold {
        let reason = words("A complaint.");
        let hold = HoldApplication { app, scope: scope.clone(), id, version, reason };
        app.db.perform(&scope, None, &hold).await.expect("a hold");
    } else {
        let release = ReleaseHold { app, scope: scope.clone(), id, version, note: None };
        app.db.perform(&scope, None, &release).await.expect("a release of the hold");
    }
}

async fn a_release_that_is_not_so_any_more_is_not_published(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1")).await;
    let release = world.prepare(&NZTECH).await.expect("a release");
    world.attest(&NZTECH, release, &world.section_digest(release, &NZTECH).await).await.expect("done");
    set_hold(&world, id, true).await;
    let before = world.count_rows().await;
    let Err(Failure::Refused(refused)) = world.publish(&NZTECH, release).await else {
        panic!("it was published");
    };
    assert_eq!(refused[0].code, Code::WrongStatus);
    let reference = world.application(id).await.reference;
    let told = format!("What this release says of {reference} is not so any more: it is on hold. ");
    assert!(refused[0].message.starts_with(&told), "{}", refused[0].message);
    assert_eq!(world.count_rows().await, before);
    assert_eq!(world.place_of(id).await.expect("a place").state, PlaceState::Reserved);
    world.abandon(&NZTECH, release).await.expect("given up");
    set_hold(&world, id, false).await;
    let release = world.published().await;
    assert_eq!(world.release(release).await.number, 2);
    is_sound(&world).await;
}

async fn a_place_above_the_cap_retires_as_it_returns(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 2).await;
    let first = cases.confirmed(&Wanted::new("N1")).await;
    let stays = cases.confirmed(&Wanted::new("N2")).await;
    let waits = cases.confirmed(&Wanted::new("N3")).await;
    world.acknowledged().await;
    world.apply(super::support::caseload::definition(|file| file.settings.places = 1)).await.expect("a cap");
    world.take_back(first).await.expect("a revocation");
    world.acknowledged().await;
    assert_eq!(world.place_of(first).await, None);
    assert_eq!(world.place_of(stays).await.expect("a place").state, PlaceState::Listed);
    assert_eq!(world.application(waits).await.status, ApplicationStatus::Confirmed);
    is_sound(&world).await;
}
