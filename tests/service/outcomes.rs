//! What the agency says: taken in line by line, told where it does not fit, and what it does to places.

mod api;
mod command;
mod thousand;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    AgencyStatus, ApplicationId, ApplicationStatus, DiscrepancyKind, OutcomeFate, PlaceState,
    ReleaseChangeKind, agency_case, agency_outcome, discrepancy,
};
use nominations::applications::details::{Changes, ShortText};
use nominations::check::check;
use nominations::error::{Acted, UserErrorCode};
use nominations::jobs::Job;
use nominations::jobs::runner::{Runner, Turn};
use nominations::reconciliation::actions::outcomes::{RecordOutcomes, Recorded, SentLine};
use nominations::reconciliation::actions::returning::{CameFree, FreeRefused};
use nominations::reconciliation::rules::outcomes::Said;
use nominations::values::country::CountryCode;
use nominations::values::passport::PassportNumber;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::releases::corrected;
use super::support::World;
use super::support::caseload::{Caseload, Wanted, worker};
use super::support::cast::{ITP, KAURI, RATA};
use super::support::releases::{code, officer};

on_both_databases! {
    a_declined_visa_brings_the_place_to_the_next_in_line,
    a_new_request_within_the_rest_keeps_the_place,
    a_granted_visa_uses_the_place_up_and_a_correction_takes_it_back,
    what_comes_late_joins_the_history_and_changes_nothing,
    a_message_comes_twice_or_under_a_used_id,
    what_was_taken_back_is_not_acted_on,
    a_refused_case_that_was_withdrawn_frees_its_place_without_lapsing,
    two_processes_free_a_place_once,
    a_release_that_does_not_tell_of_it_frees_no_place_that_was_taken_back,
    what_the_release_says_is_right_until_the_next,
}

const AT: &str = "2022-03-10T00:00:00Z";

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn short(text: &str) -> ShortText {
    ShortText::parse(text).expect("a text")
}

pub fn line(reference: &str, status: AgencyStatus, at: DateTime<Utc>) -> SentLine {
    let said = Said { status, at, agency_reference: None, reason: None, expires_on: None, correction: false };
    SentLine {
        reference: short(reference),
        said,
        family_name: None,
        date_of_birth: None,
        passport: None,
        employer_nzbn: None,
        occupation_code: None,
    }
}

impl World {
    /// The officer sends a message.
    pub async fn say(&self, message: &str, lines: Vec<SentLine>) -> Acted<Recorded> {
        let (exception, message_id) = (short("specialist-tech"), short(message));
        let command = RecordOutcomes { app: &self.app, exception, message_id, lines };
        self.app.db.perform(&officer(), None, &command).await
    }

    /// The officer says one thing of an application; what became of it.
    pub async fn say_of(&self, id: ApplicationId, status: AgencyStatus, at: DateTime<Utc>) -> OutcomeFate {
        let reference = self.application(id).await.reference;
        let message = format!("{reference}-{}-{}", status.word(), at.timestamp());
        let recorded = self.say(&message, vec![line(&reference, status, at)]).await.expect("a message");
        recorded.fates[0]
    }

    async fn case_of(&self, id: ApplicationId) -> agency_case::Model {
        agency_case::Entity::find_by_id(id).one(self.conn()).await.expect("a query").expect("a case")
    }

    async fn state_of(&self, id: ApplicationId) -> Option<PlaceState> {
        self.place_of(id).await.map(|place| place.state)
    }

    /// What the public reads of the quota; the ledger and everything else agree with it.
    async fn quota(&self) -> Value {
        assert_eq!(check(&self.app).await.expect("a check"), []);
        let query = "{ classException(slug: \"specialist-tech\") { quota { \
                     available reserved listed consumed returning waiting } } }";
        self.anybody().data(query, json!({})).await["classException"]["quota"].take()
    }

    async fn run_returning(&self) -> String {
        let runner = Runner::new(Arc::clone(&self.app));
        match runner.run_at_once(Job::Returning).await.expect("a turn") {
            Turn::Done(done) => done.to_string(),
            other => panic!("{other:?}"),
        }
    }
}

fn counts(available: i64, reserved: i64, listed: i64, returning: i64, waiting: i64) -> Value {
    json!({ "available": available, "reserved": reserved, "listed": listed, "consumed": 0,
            "returning": returning, "waiting": waiting })
}

async fn a_declined_visa_brings_the_place_to_the_next_in_line(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    let first = cases.confirmed(&Wanted::new("N1")).await;
    let next = cases.confirmed(&Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N2") }).await;
    world.acknowledged().await;
    assert_eq!(world.quota().await, counts(0, 0, 1, 0, 1));
    world.clock.move_to(at(AT));
    assert_eq!(
        world.say_of(first, AgencyStatus::TravelRequested, at("2022-03-05T00:00:00Z")).await,
        OutcomeFate::Applied
    );
    assert_eq!(
        world.say_of(first, AgencyStatus::VisaDeclined, at("2022-03-08T00:00:00Z")).await,
        OutcomeFate::Applied
    );
    assert_eq!(world.quota().await, counts(0, 0, 0, 1, 1));
    let case = world.case_of(first).await;
    assert_eq!(
        (case.status, case.hold_until),
        (AgencyStatus::VisaDeclined, Some(at("2022-04-07T12:00:00Z")))
    );
    let release = world.acknowledged().await;
    let line = world.line(release, first).await.expect("a line");
    assert_eq!(line.change, Some(ReleaseChangeKind::Suspended));
    assert_eq!(world.line(release, next).await, None);
    // Acknowledging does not free it: the refusal rests for four weeks.
    assert_eq!(world.quota().await, counts(0, 0, 0, 1, 1));

    world.clock.move_to(at("2022-04-07T12:00:00Z") - TimeDelta::microseconds(1));
    assert_eq!(world.run_returning().await, "nothing to do");
    world.clock.move_to(at("2022-04-07T12:00:00Z"));
    assert_eq!(world.run_returning().await, "1 lapsed, 1 nominated");
    assert_eq!(world.application(first).await.status, ApplicationStatus::Lapsed);
    assert_eq!(world.application(next).await.status, ApplicationStatus::Nominated);
    assert_eq!(world.quota().await, counts(0, 1, 0, 0, 0));
    assert_eq!(world.run_returning().await, "nothing to do");

    let release = world.published().await;
    let change = |line: Option<entity::release_line::Model>| line.and_then(|line| line.change);
    assert_eq!(change(world.line(release, first).await), Some(ReleaseChangeKind::Removed));
    assert_eq!(change(world.line(release, next).await), Some(ReleaseChangeKind::Added));
    assert_eq!(world.quota().await, counts(0, 0, 1, 0, 0));
}

async fn a_new_request_within_the_rest_keeps_the_place(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    let first = cases.confirmed(&Wanted::new("N1")).await;
    let next = cases.confirmed(&Wanted::new("N2")).await;
    world.acknowledged().await;
    world.clock.move_to(at(AT));
    world.say_of(first, AgencyStatus::TravelDeclined, at("2022-03-05T00:00:00Z")).await;
    assert_eq!(world.state_of(first).await, Some(PlaceState::Returning));
    world.say_of(first, AgencyStatus::TravelRequested, at("2022-03-06T00:00:00Z")).await;
    assert_eq!(world.state_of(first).await, Some(PlaceState::Listed));
    world.clock.move_to(at("2022-05-01T00:00:00Z"));
    assert_eq!(world.run_returning().await, "nothing to do");
    assert_eq!(world.application(next).await.status, ApplicationStatus::Confirmed);
    assert_eq!(world.quota().await, counts(0, 0, 1, 0, 1));
}

async fn a_granted_visa_uses_the_place_up_and_a_correction_takes_it_back(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 2).await;
    let id = cases.confirmed(&Wanted::new("N1")).await;
    world.acknowledged().await;
    world.clock.move_to(at(AT));
    assert_eq!(
        world.say_of(id, AgencyStatus::VisaGranted, at("2022-03-05T00:00:00Z")).await,
        OutcomeFate::Applied
    );
    assert_eq!(world.state_of(id).await, Some(PlaceState::Consumed));
    assert_eq!(
        world.say_of(id, AgencyStatus::VisaDeclined, at("2022-03-06T00:00:00Z")).await,
        OutcomeFate::Disputed
    );
    assert_eq!(world.state_of(id).await, Some(PlaceState::Consumed));
    let reference = world.application(id).await.reference;
    for (message, status, state) in [
        ("c1", AgencyStatus::VisaDeclined, PlaceState::Returning),
        ("c2", AgencyStatus::VisaApplied, PlaceState::Listed),
        ("c3", AgencyStatus::VisaGranted, PlaceState::Consumed),
        ("c4", AgencyStatus::Acknowledged, PlaceState::Listed),
    ] {
        let mut line = line(&reference, status, at("2022-03-06T00:00:00Z"));
        line.said.correction = true;
        let recorded = world.say(message, vec![line]).await.expect("a message");
        assert_eq!(recorded.fates, [OutcomeFate::Applied], "{message}");
        assert_eq!((world.state_of(id).await, world.case_of(id).await.status), (Some(state), status));
        assert_eq!(check(&world.app).await.expect("a check"), []);
    }
    assert_eq!(world.case_of(id).await.hold_until, None);
}

async fn what_comes_late_joins_the_history_and_changes_nothing(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1")).await;
    world.acknowledged().await;
    world.clock.move_to(at(AT));
    world.say_of(id, AgencyStatus::Invited, at("2022-03-08T00:00:00Z")).await;
    let before = (world.case_of(id).await, world.application(id).await);
    assert_eq!(
        world.say_of(id, AgencyStatus::TravelDeclined, at("2022-03-04T00:00:00Z")).await,
        OutcomeFate::Late
    );
    assert_eq!(
        world.say_of(id, AgencyStatus::TravelApproved, at("2022-03-03T00:00:00Z")).await,
        OutcomeFate::Late
    );
    assert_eq!((world.case_of(id).await, world.application(id).await), before);
    let outcomes = agency_outcome::Entity::find().order_by_asc(agency_outcome::Column::At);
    let statuses: Vec<_> = outcomes
        .all(world.conn())
        .await
        .expect("rows")
        .into_iter()
        .map(|row| (row.status, row.became))
        .collect();
    assert_eq!(
        statuses,
        [
            (AgencyStatus::TravelApproved, OutcomeFate::Late),
            (AgencyStatus::TravelDeclined, OutcomeFate::Late),
            (AgencyStatus::Invited, OutcomeFate::Applied),
        ]
    );
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn a_message_comes_twice_or_under_a_used_id(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1")).await;
    world.acknowledged().await;
    world.clock.move_to(at(AT));
    let reference = world.application(id).await.reference;
    let request = line(&reference, AgencyStatus::TravelRequested, at("2022-03-05T00:00:00Z"));
    let first = world.say("m1", vec![request.clone()]).await.expect("a message");
    assert_eq!((first.applied, first.fates), (1, vec![OutcomeFate::Applied]));
    let before = world.count_rows().await;
    let again = world.say("m1", vec![request.clone()]).await.expect("a message");
    assert_eq!((again.applied, again.repeated), (0, 1));
    let mut other = request.clone();
    other.said.reason = Some("Another.".into());
    assert_eq!(code(world.say("m1", vec![other]).await), UserErrorCode::KeyReused);
    assert_eq!(code(world.say("m2", vec![]).await), UserErrorCode::Required);
    let many = vec![request; 1_001];
    assert_eq!(code(world.say("m3", many).await), UserErrorCode::TooMany);
    let exception = short("no-such");
    let command = RecordOutcomes {
        app: &world.app,
        exception,
        message_id: short("m4"),
        lines: vec![line(&reference, AgencyStatus::Invited, at(AT))],
    };
    assert_eq!(code(world.app.db.perform(&officer(), None, &command).await), UserErrorCode::NotFound);
    assert_eq!(world.count_rows().await, before);
}

async fn what_was_taken_back_is_not_acted_on(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1")).await;
    world.acknowledged().await;
    world.take_back(id).await.expect("it was taken back");
    assert_eq!(world.state_of(id).await, Some(PlaceState::Returning));
    world.clock.move_to(at(AT));
    assert_eq!(
        world.say_of(id, AgencyStatus::VisaGranted, at("2022-03-05T00:00:00Z")).await,
        OutcomeFate::Disputed
    );
    assert_eq!(world.state_of(id).await, Some(PlaceState::Returning));
    let found = discrepancy::Entity::find().one(world.conn()).await.expect("a query").expect("a discrepancy");
    assert_eq!(found.kind, DiscrepancyKind::RemovedLineActedOn);
    // That it ended at the agency as well is no contradiction.
    assert_eq!(
        world.say_of(id, AgencyStatus::TravelWithdrawn, at("2022-03-06T00:00:00Z")).await,
        OutcomeFate::Applied
    );
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn a_refused_case_that_was_withdrawn_frees_its_place_without_lapsing(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    let id = cases.confirmed(&Wanted { firm: &KAURI, ..Wanted::new("N1") }).await;
    let next = cases.confirmed(&Wanted::new("N2")).await;
    world.acknowledged().await;
    world.clock.move_to(at(AT));
    world.say_of(id, AgencyStatus::VisaDeclined, at("2022-03-08T00:00:00Z")).await;
    world.take_back(id).await.expect("it was taken back");
    world.clock.move_to(at("2022-04-07T12:00:00Z"));
    assert_eq!(world.run_returning().await, "1 nominated");
    assert_eq!(world.application(id).await.status, ApplicationStatus::Revoked);
    assert_eq!(world.application(next).await.status, ApplicationStatus::Nominated);
    assert_eq!(world.quota().await, counts(0, 1, 0, 0, 0));
}

async fn two_processes_free_a_place_once(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 4).await;
    let mut ids = Vec::new();
    for passport in ["N1", "N2", "N3", "N4", "N5", "N6"] {
        ids.push(cases.confirmed(&Wanted::new(passport)).await);
    }
    world.acknowledged().await;
    world.clock.move_to(at(AT));
    for id in &ids[..4] {
        world.say_of(*id, AgencyStatus::VisaDeclined, at("2022-03-08T00:00:00Z")).await;
    }
    world.clock.move_to(at("2022-04-07T12:00:00Z"));
    let start = Arc::new(Barrier::new(2));
    let exception = cases.exception;
    let hands = [world.clone(), world.another().await].map(|process| {
        let start = Arc::clone(&start);
        tokio::spawn(async move {
            start.wait().await;
            process.by_itself(&FreeRefused { app: &process.app, exception }).await.expect("a turn")
        })
    });
    let mut came = Vec::new();
    for hand in hands {
        came.push(hand.await.expect("no panic"));
    }
    came.sort_by_key(|free| free.over);
    assert_eq!(came, [CameFree::default(), CameFree { over: 4, lapsed: 4, nominated: 2 }]);
    assert_eq!(world.quota().await, counts(2, 2, 0, 0, 0));
}

/// The agency had refused, and asked again: acknowledging the release of that time tells nothing of a later withdrawal.
async fn a_release_that_does_not_tell_of_it_frees_no_place_that_was_taken_back(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    let first = cases.confirmed(&Wanted::new("N1")).await;
    let next = cases.confirmed(&Wanted::new("N2")).await;
    world.acknowledged().await;
    world.say_of(first, AgencyStatus::TravelDeclined, world.now()).await;
    let refused = world.published().await;
    assert_eq!(
        world.line(refused, first).await.and_then(|line| line.change),
        Some(ReleaseChangeKind::Suspended)
    );
    world.take_back(first).await.expect("it was taken back");
    let digest = world.release(refused).await.digest;
    world.acknowledge(refused, &digest).await.expect("an acknowledgement");
    assert_eq!(world.state_of(first).await, Some(PlaceState::Returning));
    assert_eq!(world.application(next).await.status, ApplicationStatus::Confirmed);
    // The next release tells of it, and its acknowledgement frees the place.
    world.acknowledged().await;
    assert_eq!(world.state_of(first).await, None);
    assert_eq!(world.application(next).await.status, ApplicationStatus::Nominated);
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

/// The agency tells what it was told: a correction that no release carries yet is not held against it.
async fn what_the_release_says_is_right_until_the_next(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1")).await;
    world.acknowledged().await;
    corrected(&world, id, Changes { worker: Some(worker("N9")), ..Changes::default() }).await;
    let reference = world.application(id).await.reference;
    let with = |number: &str, status, days| SentLine {
        passport: Some((
            CountryCode::parse("IND").expect("a country"),
            PassportNumber::parse(number).expect("a number"),
        )),
        ..line(&reference, status, world.now() + TimeDelta::days(days))
    };
    let lines = vec![
        with("N1", AgencyStatus::TravelRequested, -3),
        with("N9", AgencyStatus::TravelApproved, -2),
        with("N5", AgencyStatus::Invited, -1),
    ];
    world.clock.move_to(world.now() + TimeDelta::days(10));
    let recorded = world.say("m1", lines).await.expect("a message");
    assert_eq!(recorded.fates, [OutcomeFate::Applied, OutcomeFate::Applied, OutcomeFate::Disputed]);
    assert_eq!(world.case_of(id).await.status, AgencyStatus::TravelApproved);
    assert_eq!(check(&world.app).await.expect("a check"), []);
}
