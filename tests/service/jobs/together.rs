//! Two processes of the service on one PostgreSQL, for ten minutes of the real clock: whatever either of them finds to do is
//! done, and done once.

use std::collections::BTreeMap;
use std::time::Duration;

use entity::{
    AgencyStatus, ApplicationId, EventKind, PlaceMovementKind, history_event, place_movement, session,
    unsealed,
};
use nominations::applications::actions::RequestInformation;
use nominations::check::check;
use nominations::clock::Clock;
use nominations::jobs::Job;
use nominations::tenancy::Permission;
use nominations::values::text::Text;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::hands::row;
use crate::service::support::World;
use crate::service::support::caseload::{Caseload, Wanted, staff_scope};
use crate::service::support::cast::{NZTECH_ASSESSOR, NZTECH_LEAD};
use crate::service::support::command::{Deployment, Serving};
use crate::service::support::database::{Database, Kind};

/// Minutes in which there is something new to do, and how much of each kind.
const TURNS: i64 = 10;
const EACH: i64 = 3;
const MINUTE: Duration = Duration::from_mins(1);

/// What comes due in a turn: the rest of refused places, the last day for answers, and who waits beside a free place.
const DUE: [&str; 3] = [
    "UPDATE agency_case SET hold_until = now() WHERE application_id IN (SELECT application_id FROM agency_case
        WHERE hold_until > '2090-01-01' ORDER BY application_id LIMIT 3)",
    "UPDATE information_request SET due_on = '2022-03-01' WHERE id IN (SELECT id FROM information_request
        WHERE due_on > '2090-01-01' ORDER BY id LIMIT 3)",
    "UPDATE queue_entry SET on_hold = FALSE WHERE application_id IN (SELECT application_id FROM queue_entry
        WHERE on_hold ORDER BY application_id LIMIT 3)",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "twelve minutes: make test-long"]
async fn two_processes_do_everything_once_for_ten_minutes() {
    let database = Database::make(Kind::Postgres).await;
    let world = World::on(&database).await;
    let all = Box::pin(all_that_comes_due(&world)).await;
    // Their sign-ins have ended long before the clock of the processes.
    for member in [&NZTECH_ASSESSOR, &NZTECH_LEAD] {
        world.sign_in(member).await;
    }
    let deployment = Deployment::of(&database);
    let mut processes = [deployment.serve(), deployment.serve()];
    let begun = Clock::system().now();
    for _ in 0..TURNS {
        for sql in DUE {
            let done = world.conn().execute_unprepared(sql).await.expect("a change");
            assert_eq!(i64::try_from(done.rows_affected()), Ok(EACH), "{sql}");
        }
        tokio::time::sleep(MINUTE).await;
    }
    // What came due last is found in the next minute, and what that wrote is sealed in the one after it.
    tokio::time::sleep(2 * MINUTE).await;
    assert!(processes.iter_mut().all(Serving::goes_on));
    drop(processes);
    let minutes = (Clock::system().now() - begun).num_minutes();

    world.clock.move_to(Clock::system().now());
    let once = |ids: &[ApplicationId]| ids.iter().map(|id| (*id, 1)).collect::<BTreeMap<_, _>>();
    let All { refused, asked, waiting } = &all;
    assert_eq!(events(&world, EventKind::Lapsed).await, once(refused));
    assert_eq!(movements(&world, PlaceMovementKind::Freed).await, once(refused));
    assert_eq!(events(&world, EventKind::InformationRequestExpired).await, once(asked));
    let nominated = [refused.as_slice(), waiting].concat();
    assert_eq!(events(&world, EventKind::Nominated).await, once(&nominated));
    assert_eq!(movements(&world, PlaceMovementKind::Allocated).await, once(&nominated));
    assert_eq!(unsealed::Entity::find().count(world.conn()).await.expect("a count"), 0);
    assert_eq!(check(&world.app).await.expect("a check"), []);
    assert_eq!(session::Entity::find().count(world.conn()).await.expect("a count"), 0);
    assert_eq!(row(&world, Job::Sessions).await.runs, 1);
    for job in [Job::Sweep, Job::Questions, Job::Returning, Job::Seal, Job::Ballots] {
        let runs = row(&world, job).await.runs;
        assert!(
            (minutes - 1..=minutes + 1).contains(&runs.into()),
            "{job:?}: {runs} runs in {minutes} minutes"
        );
    }
    world.close().await;
    database.drop().await;
}

/// Applications of which something comes due in the course of the test.
struct All {
    refused: Vec<ApplicationId>,
    asked: Vec<ApplicationId>,
    waiting: Vec<ApplicationId>,
}

async fn all_that_comes_due(world: &World) -> All {
    let count = u32::try_from(TURNS * EACH).expect("a small number");
    let cases = Caseload::new(world, |file| {
        file.settings.places = 2 * count;
        file.settings.allocation_ends_at = None;
    })
    .await;
    let by_hand = async |sql: &str| {
        let done = world.conn().execute_unprepared(sql).await.expect("a change");
        assert_ne!(done.rows_affected(), 0, "{sql}");
    };
    let mut all = All { refused: Vec::new(), asked: Vec::new(), waiting: Vec::new() };
    for number in 0..count {
        all.refused.push(cases.confirmed(&Wanted::new(&format!("N1{number}"))).await);
    }
    world.acknowledged().await;
    for id in &all.refused {
        world.say_of(*id, AgencyStatus::TravelDeclined, world.now()).await;
    }
    by_hand("UPDATE agency_case SET hold_until = '2099-01-01'").await;
    for number in 0..count {
        let passport = format!("N2{number}");
        let id = cases.in_assessment(&Wanted::new(&passport), 0).await;
        let scope = staff_scope(&NZTECH_ASSESSOR, Permission::Assess);
        let version = world.application(id).await.version;
        let question = Text::parse("Which version of the agreement was signed?").expect("a text");
        let (criterion, due_on) = (None, None);
        let ask = RequestInformation {
            app: &world.app,
            scope: scope.clone(),
            id,
            version,
            criterion,
            question,
            due_on,
        };
        world.app.db.perform(&scope, None, &ask).await.expect("a question");
        all.asked.push(id);
    }
    by_hand("UPDATE information_request SET due_on = '2099-01-01'").await;
    // They wait beside free places as a fault would leave them, so that the sweep is what finds them.
    for number in 0..count {
        all.waiting.push(cases.recommended(&Wanted::new(&format!("N3{number}"))).await);
    }
    by_hand("UPDATE class_exception SET paused = TRUE").await;
    for id in &all.waiting {
        world.confirm(&world.application(*id).await).await.expect("a confirmation");
    }
    by_hand("UPDATE queue_entry SET on_hold = TRUE").await;
    // The worlds of tests are demos, which are not served from PostgreSQL.
    for sql in [
        "ALTER TABLE installation DISABLE TRIGGER USER",
        "UPDATE installation SET kind = 'PRODUCTION'",
        "ALTER TABLE installation ENABLE TRIGGER USER",
    ] {
        world.conn().execute_unprepared(sql).await.expect("a change");
    }
    by_hand("UPDATE class_exception SET paused = FALSE").await;
    all
}

/// How often something happened to each application.
async fn events(world: &World, kind: EventKind) -> BTreeMap<ApplicationId, usize> {
    let select = history_event::Entity::find().filter(history_event::Column::Kind.eq(kind));
    let rows = select.all(world.conn()).await.expect("events");
    counted(rows.into_iter().filter_map(|row| row.application_id))
}

/// How often a place of each application was moved so.
async fn movements(world: &World, kind: PlaceMovementKind) -> BTreeMap<ApplicationId, usize> {
    let select = place_movement::Entity::find().filter(place_movement::Column::Kind.eq(kind));
    let rows = select.all(world.conn()).await.expect("movements");
    counted(rows.into_iter().filter_map(|row| row.application_id))
}

fn counted(ids: impl Iterator<Item = ApplicationId>) -> BTreeMap<ApplicationId, usize> {
    let mut counts = BTreeMap::new();
    for id in ids {
        *counts.entry(id).or_default() += 1;
    }
    counts
}
