//! A process that is killed in the middle of an act that gives a place back or lets somebody come to one: at every
//! statement, and after the last one before anybody was told. The place is never lost, and whoever is due has it.
//!
//! The act is done by a process of its own, which kills itself; this one looks at what is left.

mod acts;

use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::TimeDelta;
use entity::{
    AgencyStatus, ApplicationId, ApplicationStatus, PlaceState, ReleaseStatus, Resolution, agency_case,
    application, discrepancy, sealed_event, unsealed,
};
use nominations::app::App;
use nominations::applications::actions::{
    AmendNomination, HoldApplication, ReplaceWorker, SubmitApplication, Sweep, Swept,
};
use nominations::applications::details::Changes;
use nominations::check::check;
use nominations::clock::Clock;
use nominations::db::{Db, DbSettings};
use nominations::history::{SealNext, head};
use nominations::keys::Keys;
use nominations::providers::Providers;
use nominations::random::Random;
use nominations::reconciliation::actions::ResolveDiscrepancy;
use nominations::tenancy::Permission;
use nominations::values::text::Text;
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};
use url::Url;

use super::ballots::field::Field;
use super::support::caseload::{Caseload, Wanted, agent_scope, staff_scope, viewer, worker};
use super::support::cast::{ITP, ITP_LEAD, KAURI, NZTECH, NZTECH_LEAD, NZTECH_SECOND, RATA};
use super::support::{NOW, World};
use acts::{ACTS, Act, perform, words};

on_both_databases! {
    killed_while_withdrawing,
    killed_while_revoking,
    killed_while_a_worker_is_replaced,
    killed_while_a_correction_frees_a_worker,
    killed_while_a_hold_is_released,
    killed_while_sealing,
    killed_while_a_ballot_is_drawn,
    killed_while_a_release_is_published,
    killed_while_a_release_is_acknowledged,
    killed_while_the_agencys_word_is_recorded,
    killed_while_a_refused_place_comes_free,
    killed_while_leads_agree_which_application_stands,
}

/// Tell the process of its own what to do, and after how many statements to kill itself.
const DATABASE: &str = "KILLED_ACT_DATABASE";
const ACT: &str = "KILLED_ACT";
const STATEMENTS: &str = "KILLED_ACT_STATEMENTS";
/// More statements than any act makes.
const NEVER: u32 = 10_000;

async fn killed_while_withdrawing(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    cases.confirmed(&Wanted::new("N1")).await;
    let next = cases.confirmed(&Wanted::new("N2")).await;
    killed_everywhere(&cases, Act::Withdraw, next).await;
}

async fn killed_while_revoking(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    cases.confirmed(&Wanted::new("N1")).await;
    let next = cases.confirmed(&Wanted::new("N2")).await;
    killed_everywhere(&cases, Act::Revoke, next).await;
}

async fn killed_while_a_worker_is_replaced(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    let old = cases.confirmed(&Wanted::new("N1")).await;
    cases.confirmed(&Wanted::new("N2")).await;
    let scope = agent_scope(&KAURI);
    let version = cases.application(old).await.version;
    let (worker, reason) = (worker("N3"), words("Another."));
    let replace = ReplaceWorker { app: &world.app, scope: scope.clone(), id: old, version, worker, reason };
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
    cases.endorse(id, &Wanted::new("N3")).await;
    killed_everywhere(&cases, Act::Replace, id).await;
}

async fn killed_while_a_correction_frees_a_worker(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 2).await;
    let holder = cases.confirmed(&Wanted::new("N1")).await;
    let next = cases.confirmed(&Wanted::new("N1")).await;
    let scope = staff_scope(&NZTECH_SECOND, Permission::Assess);
    let version = cases.application(holder).await.version;
    let changes = Changes { worker: Some(worker("N9")), ..Changes::default() };
    let reason = words("A renewed passport.");
    let amend =
        AmendNomination { app: &world.app, scope: scope.clone(), id: holder, version, reason, changes };
    world.app.db.perform(&scope, None, &amend).await.expect("a correction");
    killed_everywhere(&cases, Act::Correct, next).await;
}

async fn killed_while_a_hold_is_released(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    let held = cases.recommended(&Wanted::new("N1")).await;
    let scope = staff_scope(&NZTECH_LEAD, Permission::Confirm);
    let version = cases.application(held).await.version;
    let reason = words("A complaint.");
    let pause = HoldApplication { app: &world.app, scope: scope.clone(), id: held, version, reason };
    world.app.db.perform(&scope, None, &pause).await.expect("a hold");
    cases.confirm(&cases.application(held).await).await.expect("a confirmation");
    killed_everywhere(&cases, Act::Release, held).await;
}

/// All that waits is sealed, or none of it.
async fn killed_while_sealing(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    cases.confirmed(&Wanted::new("N1")).await;
    let mut statements = 1;
    while head(cases.conn()).await.expect("an answer").is_none() {
        assert_eq!(sealed_event::Entity::find().count(cases.conn()).await.expect("a count"), 0);
        kill(&cases, Act::Seal, statements);
        assert_eq!(check(&cases.app).await.expect("a check"), [], "at {statements}");
        statements += 1;
    }
    assert!(statements > 8, "it was done after {statements} statements");
    assert_eq!(unsealed::Entity::find().count(cases.conn()).await.expect("a count"), 0);
    assert_eq!(cases.by_itself(&SealNext).await.expect("a sealing"), 0);
}

async fn killed_while_a_ballot_is_drawn(world: World) {
    let field = Field::of(&world, 3, 3).await;
    let ballot = field.open(false).await;
    field.both_act(ballot).await;
    killed_everywhere(&field.cases, Act::Draw, field.ids[0]).await;
}

/// Its places are listed, its cases sent and it is published, or none of that.
async fn killed_while_a_release_is_published(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 2).await;
    let ids = [cases.confirmed(&Wanted::new("N1")).await, cases.confirmed(&Wanted::new("N2")).await];
    let release = world.prepare(&NZTECH).await.expect("a release");
    world.attest(&NZTECH, release, &world.section_digest(release, &NZTECH).await).await.expect("done");
    let before = everything(&cases).await;
    let mut statements = 1;
    loop {
        kill(&cases, Act::Publish, statements);
        assert_eq!(check(&cases.app).await.expect("a check"), [], "at {statements}");
        if world.release_state(release).await.status == ReleaseStatus::Published {
            break;
        }
        assert_eq!(everything(&cases).await, before, "at {statements}: half of it was done");
        assert_eq!(world.agency_status(ids[0]).await, None, "at {statements}");
        statements += 1;
    }
    assert!(statements > 8, "it was done after {statements} statements");
    let done = everything(&cases).await;
    perform(&cases.app, Act::Publish).await.expect("the first answer");
    assert_eq!(everything(&cases).await, done);
    assert_eq!(world.agency_status(ids[1]).await, Some(entity::AgencyStatus::Sent));
}

/// The place of who was taken back comes free, and goes to the next.
async fn killed_while_a_release_is_acknowledged(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    let first = cases.confirmed(&Wanted::new("N1")).await;
    let next = cases.confirmed(&Wanted::new("N2")).await;
    world.acknowledged().await;
    world.take_back(first).await.expect("a revocation");
    world.published().await;
    killed_everywhere(&cases, Act::Acknowledge, next).await;
}

/// The case stands where the agency says, and its place is on the way back, or none of that.
async fn killed_while_the_agencys_word_is_recorded(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    let listed = cases.confirmed(&Wanted::new("N1")).await;
    world.acknowledged().await;
    let before = everything(&cases).await;
    let mut statements = 1;
    loop {
        kill(&cases, Act::Record, statements);
        assert_eq!(check(&cases.app).await.expect("a check"), [], "at {statements}");
        let place = world.place_of(listed).await.expect("its place");
        if place.state == PlaceState::Returning {
            break;
        }
        assert_eq!(everything(&cases).await, before, "at {statements}: half of it was done");
        statements += 1;
    }
    assert!(statements > 8, "it was done after {statements} statements");
    let done = everything(&cases).await;
    perform(&cases.app, Act::Record).await.expect("the first answer");
    assert_eq!(everything(&cases).await, done);
}

async fn killed_while_a_refused_place_comes_free(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    let refused = cases.confirmed(&Wanted::new("N1")).await;
    let next = cases.confirmed(&Wanted::new("N2")).await;
    world.acknowledged().await;
    world.say_of(refused, AgencyStatus::VisaDeclined, world.now()).await;
    world.clock.move_to(world.now() + TimeDelta::days(60));
    killed_everywhere(&cases, Act::Free, next).await;
}

/// The later application has ended and its place is passed on, or nothing was agreed.
async fn killed_while_leads_agree_which_application_stands(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 1).await;
    cases.submitted(&Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N1") }).await;
    cases.confirmed(&Wanted::new("N1")).await;
    let next = cases.confirmed(&Wanted::new("N2")).await;
    let scope = viewer(&ITP_LEAD).to_reconcile().expect("a scope");
    let found = discrepancy::Entity::find().one(world.conn()).await.expect("a query");
    let proposal = ResolveDiscrepancy {
        app: &world.app,
        scope: scope.clone(),
        id: found.expect("a discrepancy").id,
        resolution: Resolution::EarlierStands,
        chosen: None,
        note: Text::parse("The worker told us.").expect("a text"),
    };
    world.app.db.perform(&scope, None, &proposal).await.expect("a proposal");
    killed_everywhere(&cases, Act::Resolve, next).await;
}

/// Kills the act after its first statement, its second, and so on to the end, until it is done; `next` is who has the
/// place then.
async fn killed_everywhere(cases: &Caseload<'_>, act: Act, next: ApplicationId) {
    let before = everything(cases).await;
    let sweep = Sweep { app: &cases.app, exception: cases.exception };
    let mut statements = 1;
    loop {
        kill(cases, act, statements);
        // What a restart does first; nothing is left for it to do.
        assert_eq!(
            cases.by_itself(&sweep).await.expect("a sweep"),
            Swept::default(),
            "{act:?} at {statements}"
        );
        assert_eq!(check(&cases.app).await.expect("a check"), [], "{act:?} at {statements}");
        if cases.application(next).await.status == ApplicationStatus::Nominated {
            break;
        }
        assert_eq!(everything(cases).await, before, "{act:?} at {statements}: half of it was done");
        statements += 1;
    }
    assert!(statements > 8, "{act:?} was done after {statements} statements");
    // Nobody was told that it was done: it is sent again under its key, and is done once.
    let done = everything(cases).await;
    perform(&cases.app, act).await.expect("the first answer");
    assert_eq!(everything(cases).await, done);
}

/// Applications, places, who waits with which rank, what was drawn, and what the agency said and does not agree.
type Everything = (
    Vec<application::Model>,
    Vec<entity::place::Model>,
    Vec<entity::queue_entry::Model>,
    (Vec<entity::ballot_end::Model>, Vec<entity::ballot_result::Model>),
    (Vec<agency_case::Model>, Vec<discrepancy::Model>),
);

async fn everything(cases: &Caseload<'_>) -> Everything {
    let applications = application::Entity::find().order_by_asc(application::Column::Id);
    let places = entity::place::Entity::find().order_by_asc(entity::place::Column::Number);
    let applications = applications.all(cases.conn()).await.expect("applications");
    let waiting =
        entity::queue_entry::Entity::find().order_by_asc(entity::queue_entry::Column::ApplicationId);
    let waiting = waiting.all(cases.conn()).await.expect("a queue");
    let ends = entity::ballot_end::Entity::find().all(cases.conn()).await.expect("ends");
    let results = entity::ballot_result::Entity::find().order_by_asc(entity::ballot_result::Column::Rank);
    let results = results.all(cases.conn()).await.expect("results");
    let said = agency_case::Entity::find().order_by_asc(agency_case::Column::ApplicationId);
    let said = said.all(cases.conn()).await.expect("cases");
    let differing = discrepancy::Entity::find().order_by_asc(discrepancy::Column::Id);
    let differing = differing.all(cases.conn()).await.expect("discrepancies");
    let places = places.all(cases.conn()).await.expect("places");
    (applications, places, waiting, (ends, results), (said, differing))
}

fn kill(cases: &Caseload<'_>, act: Act, statements: u32) {
    let name = ACTS.iter().find(|(_, one)| *one == act).map(|(name, _)| *name).expect("a name");
    let this = std::env::current_exe().expect("this program");
    let ended = Process::new(this)
        .args(["--exact", "service::kills::the_act_that_is_killed", "--nocapture"])
        .env(DATABASE, &cases.settings.url)
        .env(ACT, name)
        .env(STATEMENTS, statements.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("a process");
    assert!(!ended.success() && ended.code().is_none(), "it ended by itself: {ended}");
}

/// Run by [`kill`], it does an act and dies. Run by itself, it has nothing to kill, and sees that it was told nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_act_that_is_killed() {
    let told = [DATABASE, ACT, STATEMENTS].map(|name| std::env::var(name).ok());
    let [Some(url), Some(act), Some(statements)] = told else {
        assert_eq!(told, [None, None, None]);
        return;
    };
    let statements: u32 = statements.parse().expect("a number");
    let clock = Clock::standing_at(NOW.parse().expect("an instant"));
    let settings = DbSettings { connections: 2, durable: false, ..DbSettings::new(url) };
    let mut db = Db::connect(settings, clock.clone(), Random::from_seed(3)).await.expect("a database");
    let ran = Arc::new(AtomicU32::new(0));
    let armed = Arc::new(AtomicU32::new(NEVER));
    let (counting, limit) = (Arc::clone(&ran), Arc::clone(&armed));
    db.watch(move |_| {
        if counting.fetch_add(1, Ordering::SeqCst) + 1 >= limit.load(Ordering::SeqCst) {
            std::process::abort();
        }
    });
    let url = Url::parse("http://127.0.0.1:8080").expect("a URL");
    let app =
        App::assemble(db, Keys::from_bytes([7; 32]), Providers::default(), Random::from_seed(3), url, false);
    clock.move_to(app_time(&app).await);
    let act = ACTS.iter().find(|(name, _)| *name == act).map(|(_, act)| *act).expect("an act");
    ran.store(0, Ordering::SeqCst);
    armed.store(statements + LOOKS, Ordering::SeqCst);
    perform(&app, act).await.expect("it is done");
    std::process::abort();
}

/// The statements that [`perform`] makes to see what it is about, before the act itself.
const LOOKS: u32 = 1;

/// After everything that happened.
async fn app_time(app: &App) -> chrono::DateTime<chrono::Utc> {
    let newest = application::Entity::find().order_by_desc(application::Column::UpdatedAt);
    let scope = nominations::tenancy::SystemScope::of("test");
    let conn = &app.db.read(&scope);
    let changed = newest.one(conn).await.expect("a query").expect("an application").updated_at;
    let opened =
        entity::ballot::Entity::find().one(conn).await.expect("a query").map(|ballot| ballot.opened_at);
    let held = agency_case::Entity::find().one(conn).await.expect("a query").and_then(|case| case.hold_until);
    [opened, held].into_iter().flatten().fold(changed, Ord::max)
}
