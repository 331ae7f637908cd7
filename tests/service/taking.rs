//! `takeNextApplication`: what waits for an assessor, in the order of submission, for who may judge it; and many
//! assessors at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    ApplicationId, ApplicationStatus, AssessmentOutcome, DecisionOutcome, MembershipId, PersonId,
    RecommendationOutcome, StaffRole, TurnBackId, TurnBackKind, application, assessment, assessment_round,
    conflict, person, turn_back,
};
use nominations::applications::actions::TakeNext;
use nominations::db::DbSettings;
use nominations::tenancy::{BodyScope, Member, Permission, Viewer};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryOrder, Set};
use serde_json::json;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::support::caseload::staff_scope;
use super::support::cast::{ITP, ITP_ASSESSOR, KAURI, NZTECH, NZTECH_ASSESSOR, NZTECH_SECOND, RATA};
use super::support::database::{Database, Kind};
use super::support::fiction::Fiction;
use super::support::{World, cast};

on_both_databases! {
    the_next_is_what_waited_longest_for_an_assessor,
    nobody_takes_what_they_took_part_in_before,
}

async fn the_next_is_what_waited_longest_for_an_assessor(world: World) {
    let fiction = Fiction::new(&world).await;
    let mut rows = queue(&fiction, 12);
    rows[0].assessor_id = Some(NZTECH_SECOND.person());
    rows[0].status = ApplicationStatus::InAssessment;
    rows[1].hold_reason = Some("The employer asked to wait.".into());
    rows[2].body_id = ITP.id();
    rows[3].exception_id = fiction.exceptions[1].0;
    rows[3].terms_revision = 1;
    rows[4].status = ApplicationStatus::Recommended;
    rows[5].role_code = Some("1351".into());
    (rows[6].status, rows[6].round) = (ApplicationStatus::InAssessment, 2);
    rows[7].employer_id = RATA.id();
    // Submitted at the same instant: the one that was begun first.
    rows[9].submitted_at = rows[8].submitted_at;
    rows[10].status = ApplicationStatus::InformationRequested;
    put(&fiction, &rows).await;
    let declared = conflict::Model {
        person_id: NZTECH_ASSESSOR.person(),
        employer_id: RATA.id(),
        body_id: NZTECH.id(),
        reason: "A cousin works there.".into(),
        declared_at: world.now(),
    };
    conflict::Entity::insert(declared.into_active_model()).exec(world.conn()).await.expect("a conflict");
    let (mine, others) = (scope(&NZTECH_ASSESSOR), scope(&NZTECH_SECOND));
    for (scope, roles, expected) in [
        (&mine, &["2613"][..], Some(6)),
        (&mine, &["1351", "2612"], Some(5)),
        (&mine, &["2612"], None),
        (&mine, &[], Some(8)),
        (&others, &[], Some(7)),
        (&mine, &[], Some(9)),
        (&mine, &[], Some(11)),
        (&mine, &[], None),
        (&others, &[], None),
        (&scope(&ITP_ASSESSOR), &[], Some(2)),
    ] {
        let taken = take(&world, scope, roles).await;
        assert_eq!(taken, expected.map(|index: usize| rows[index].id), "{roles:?} {expected:?}");
        if let Some(id) = taken {
            let row = world.application(id).await;
            assert_eq!(
                (row.status, row.assessor_id),
                (ApplicationStatus::InAssessment, Some(scope.person()))
            );
        }
    }
}

async fn nobody_takes_what_they_took_part_in_before(world: World) {
    let fiction = Fiction::new(&world).await;
    let me = NZTECH_ASSESSOR.person();
    let other = NZTECH_SECOND.person();
    let mut rows = queue(&fiction, 9);
    for row in &mut rows {
        (row.status, row.round) = (ApplicationStatus::InAssessment, 2);
    }
    put(&fiction, &rows).await;
    let conn = world.conn();
    for (index, round) in [(0, 1), (1, 2)] {
        let finding = finding(&rows[index], round, me).into_active_model();
        assessment::Entity::insert(finding).exec(conn).await.expect("a finding");
    }
    for (index, adviser, decider) in [(2, me, other), (3, other, me)] {
        let decided = decided(&rows[index], adviser, decider).into_active_model();
        assessment_round::Entity::insert(decided).exec(conn).await.expect("a round");
    }
    let returned = (TurnBackKind::Returned, me, None);
    let sent_back = (TurnBackKind::SentBack, other, Some(me));
    let reconsidered = (TurnBackKind::Reconsidered, me, None);
    for (index, (kind, by, adviser)) in [(4, returned), (5, sent_back), (6, reconsidered)] {
        let turned = turned_back(&rows[index], kind, by, adviser).into_active_model();
        turn_back::Entity::insert(turned).exec(conn).await.expect("turned back");
    }
    let mut taken = Vec::new();
    while let Some(id) = take(&world, &scope(&NZTECH_ASSESSOR), &[]).await {
        taken.push(rows.iter().position(|row| row.id == id).expect("one of them"));
    }
    assert_eq!(taken, [1, 6, 7, 8]);
}

/// How many assessors take how many applications with every test run, and in `make test-long`.
const SOME: (usize, usize) = (10, 200);
const MANY: (usize, usize) = (50, 1_000);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn assessors_on_sqlite_take_everything_once_and_in_order() {
    everybody_takes(Kind::Sqlite, SOME).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn assessors_on_postgres_take_everything_once_and_in_order() {
    everybody_takes(Kind::Postgres, SOME).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "takes its time; make test-long runs it"]
async fn many_assessors_on_sqlite_take_everything_once_and_in_order() {
    everybody_takes(Kind::Sqlite, MANY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "takes its time; make test-long runs it"]
async fn many_assessors_on_postgres_take_everything_once_and_in_order() {
    everybody_takes(Kind::Postgres, MANY).await;
}

/// Longer than any of it takes; whoever waits longer waits crosswise.
const PATIENCE: Duration = Duration::from_mins(5);

/// They begin at the same moment and take until nothing is left for them. Every tenth application is reconsidered, and
/// some of the assessors took part in it before.
async fn everybody_takes(kind: Kind, (assessors, applications): (usize, usize)) {
    let database = Database::make(kind).await;
    let connections = u32::try_from(assessors).expect("a number") + 10;
    let world = World::with(DbSettings { connections, ..database.settings() }).await;
    let people: Vec<PersonId> =
        (0..assessors).map(|number| PersonId(Uuid::from_u128(9_000 + number as u128))).collect();
    let named = people.iter().enumerate().map(|(number, id)| person::ActiveModel {
        id: Set(*id),
        handle: Set(format!("assessor-{number}")),
        name: Set(format!("Assessor {number}")),
        email: Set(None),
    });
    person::Entity::insert_many(named).exec_without_returning(world.conn()).await.expect("people");
    let fiction = Fiction::new(&world).await;
    let mut rows = queue(&fiction, applications);
    for row in rows.iter_mut().step_by(10) {
        (row.status, row.round) = (ApplicationStatus::InAssessment, 2);
    }
    put(&fiction, &rows).await;
    let parts = rows.iter().step_by(10).zip(people.iter().cycle());
    let parts: Vec<_> = parts.map(|(row, person)| (row.id, *person)).collect();
    for (row, (_, person)) in rows.iter().step_by(10).zip(&parts) {
        let finding = finding(row, 1, *person).into_active_model();
        assessment::Entity::insert(finding).exec(world.conn()).await.expect("a finding");
    }
    let start = Arc::new(Barrier::new(assessors));
    let mut running = JoinSet::new();
    for person in people {
        let (world, start) = (world.clone(), Arc::clone(&start));
        running.spawn(async move {
            world.conn().execute_unprepared("SELECT 1").await.expect("a connection");
            start.wait().await;
            let (scope, mut taken) = (assessor(person), Vec::new());
            while let Some(id) = take(&world, &scope, &[]).await {
                taken.push(id);
            }
            (person, taken)
        });
    }
    let taken = tokio::time::timeout(PATIENCE, running.join_all()).await.expect("nobody waits crosswise");
    let order = order(&world).await;
    let place = |id: &ApplicationId| order.iter().position(|one| one == id).expect("one of them");
    for (person, taken) in &taken {
        assert!(taken.is_sorted_by_key(place), "everybody takes in order");
        assert!(taken.iter().all(|id| !parts.contains(&(*id, *person))), "nobody takes part twice");
    }
    let all: Vec<ApplicationId> = taken.iter().flat_map(|(_, taken)| taken.iter().copied()).collect();
    assert_eq!(all.len(), applications, "everything is taken");
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), order.into_iter().collect(), "and by one each");
    for (person, taken) in &taken {
        for id in taken {
            assert_eq!(world.application(*id).await.assessor_id, Some(*person));
        }
    }
    world.close().await;
    database.drop().await;
}

/// The applications in the order of submission.
async fn order(world: &World) -> Vec<ApplicationId> {
    let select = application::Entity::find()
        .order_by_asc(application::Column::SubmittedAt)
        .order_by_asc(application::Column::Id);
    select.all(world.conn()).await.expect("applications").into_iter().map(|one| one.id).collect()
}

async fn take(world: &World, scope: &BodyScope, roles: &[&str]) -> Option<ApplicationId> {
    let command = TakeNext {
        app: &world.app,
        scope: scope.clone(),
        exception: "specialist-tech".into(),
        roles: roles.iter().map(|&role| role.to_owned()).collect(),
    };
    world.app.db.perform(scope, None, &command).await.expect("an answer")
}

fn scope(who: &cast::Member) -> BodyScope {
    staff_scope(who, Permission::Assess)
}

/// Somebody who assesses for NZTech.
fn assessor(person: PersonId) -> BodyScope {
    let viewer = Viewer::signed_in(Member {
        membership: MembershipId(person.0),
        person,
        role: StaffRole::Assessor,
        body: Some(NZTECH.id()),
        employers: Arc::default(),
    });
    viewer.in_body(Permission::Assess).expect("a scope")
}

/// Applications of Kauri to NZTech that nobody has, in the order of submission.
fn queue(fiction: &Fiction<'_>, count: usize) -> Vec<application::Model> {
    let begun: DateTime<Utc> = "2022-02-20T00:00:00Z".parse().expect("an instant");
    let id = |number: usize| ApplicationId(Uuid::from_u128(number as u128 + 1));
    let row = |number: usize| application::Model {
        id: id(number),
        exception_id: fiction.exceptions[0].0,
        body_id: NZTECH.id(),
        employer_id: KAURI.id(),
        status: ApplicationStatus::Submitted,
        round: 1,
        terms_revision: 1,
        assessor_id: None,
        hold_reason: None,
        declared_at: Some(begun),
        submitted_at: Some(begun + TimeDelta::seconds(i64::try_from(number).expect("a number"))),
        ..fiction.application(number)
    };
    (0..count).map(row).collect()
}

async fn put(fiction: &Fiction<'_>, rows: &[application::Model]) {
    let workers: Vec<_> = (0..rows.len()).map(|number| number.to_string()).collect();
    let workers: Vec<_> = workers.iter().map(|worker| (worker.as_str(), 1)).collect();
    fiction.put(rows, &workers).await;
}

fn finding(of: &application::Model, round: i32, by: PersonId) -> assessment::Model {
    assessment::Model {
        application_id: of.id,
        round,
        criterion: "role".into(),
        body_id: of.body_id,
        outcome: AssessmentOutcome::Met,
        note: None,
        assessor_id: by,
        turn: 1,
        at: of.updated_at,
    }
}

fn decided(of: &application::Model, adviser: PersonId, decider: PersonId) -> assessment_round::Model {
    assessment_round::Model {
        application_id: of.id,
        round: 1,
        body_id: of.body_id,
        exception_id: of.exception_id,
        advice: RecommendationOutcome::Decline,
        advice_reasons: json!([]),
        advice_note: None,
        advised_by: adviser,
        advised_at: of.updated_at,
        decision: Some(DecisionOutcome::Declined),
        decision_reasons: Some(json!([])),
        decision_note: None,
        decided_by: Some(decider),
        decided_at: Some(of.updated_at),
    }
}

fn turned_back(
    of: &application::Model,
    kind: TurnBackKind,
    by: PersonId,
    adviser: Option<PersonId>,
) -> turn_back::Model {
    turn_back::Model {
        id: TurnBackId(Uuid::from_u128(of.id.0.as_u128() + 500)),
        application_id: of.id,
        body_id: of.body_id,
        round: 1,
        kind,
        note: "Look again.".into(),
        turned_by: by,
        at: of.updated_at,
        advice: adviser.map(|_| RecommendationOutcome::Endorse),
        advice_reasons: adviser.map(|_| json!([])),
        advice_note: None,
        advised_by: adviser,
        advised_at: adviser.map(|_| of.updated_at),
    }
}
