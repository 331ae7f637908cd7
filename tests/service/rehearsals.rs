//! A rehearsal and the act that it tells of agree, whatever the situation: holders listed or not, queues with holds and with
//! workers that hold a place already, a cap that was lowered, stale versions.

use entity::{ApplicationId, ApplicationStatus, application, place, queue_entry};
use nominations::applications::actions::{
    HoldApplication, ReleaseHold, RevokeNomination, Sweep, TakenBack, WithdrawApplication,
};
use nominations::applications::details::LongText;
use nominations::check::check;
use nominations::error::{Acted, Failure};
use nominations::random::Random;
use nominations::tenancy::Permission;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use super::support::caseload::{Caseload, Wanted, agent_scope, definition, staff_scope};
use super::support::cast::{ITP, ITP_LEAD, KAURI, NZTECH, NZTECH_LEAD, RATA};
use super::support::{Kind, World, in_a_world};

on_both_databases! { a_rehearsal_agrees_with_its_act }

/// How many applications there are.
const APPLICATIONS: usize = 40;
/// How many situations `make test` looks at.
const SITUATIONS: usize = 250;

async fn a_rehearsal_agrees_with_its_act(world: World) {
    rehearse_and_act(world, SITUATIONS).await;
}

async fn ten_thousand(world: World) {
    rehearse_and_act(world, 10_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "some minutes: make test-long"]
async fn ten_thousand_rehearsals_agree_on_sqlite() {
    in_a_world(Kind::Sqlite, ten_thousand).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "some minutes: make test-long"]
async fn ten_thousand_rehearsals_agree_on_postgres() {
    in_a_world(Kind::Postgres, ten_thousand).await;
}

/// What there is, as far as an act may change it.
type Standing = (Vec<application::Model>, Vec<place::Model>, Vec<queue_entry::Model>);

async fn rehearse_and_act(world: World, situations: usize) {
    let cases = Caseload::new(&world, |file| file.settings.places = 12).await;
    let mut ids = Vec::new();
    for number in 0..APPLICATIONS {
        // Every fifth worker is one that another application is for.
        let passport = format!("R{}", if number % 5 == 4 { number - 1 } else { number });
        let body = if number % 2 == 0 { &NZTECH } else { &ITP };
        let firm = if number % 3 == 0 { &RATA } else { &KAURI };
        ids.push(cases.confirmed(&Wanted { body, firm, ..Wanted::new(&passport) }).await);
    }
    let random = Random::from_seed(11);
    let mut told = [0, 0];
    for situation in 0..situations {
        unsettle(&cases, &random, &ids).await;
        let id = ids[random.below(ids.len())];
        let stale = random.below(12) == 0;
        let withdraws = random.below(2) == 0;
        let version = cases.application(id).await.version - i32::from(stale);
        let before = standing(&cases).await;
        let rehearsed = words(act(&cases, id, version, withdraws, true).await);
        assert_eq!(standing(&cases).await, before, "situation {situation}: the rehearsal changed something");
        let done = words(act(&cases, id, version, withdraws, false).await);
        assert_eq!(rehearsed, done, "situation {situation}");
        told[usize::from(done.is_ok())] += 1;
    }
    assert!(told.into_iter().all(|count| count > situations / 20), "{told:?}");
    // What was listed by hand has no release behind it and what was confirmed anew has no second event: both are told, and
    // nothing of places, queue and ledger is.
    let told = check(&world.app).await.expect("a check");
    let of_places =
        told.iter().filter(|one| !matches!(one.rule.name(), "version" | "round-fits-status" | "history"));
    assert_eq!(of_places.collect::<Vec<_>>(), Vec::<&nominations::check::Violation>::new());
}

/// Makes another situation of the one that is left.
async fn unsettle(cases: &Caseload<'_>, random: &Random, ids: &[ApplicationId]) {
    let id = ids[random.below(ids.len())];
    match random.below(6) {
        0 => publish(cases).await,
        1 => {
            let places = 8 + u32::try_from(random.below(8)).expect("a small number");
            cases.apply(definition(|file| file.settings.places = places)).await.expect("an amendment");
        }
        2 => hold(cases, id).await,
        _ => confirm_anew(cases, id).await,
    }
    let sweep = Sweep { app: &cases.app, exception: cases.exception };
    cases.by_itself(&sweep).await.expect("a sweep");
}

/// Publishes a release of whatever is ready for one.
async fn publish(cases: &Caseload<'_>) {
    let Ok(release) = cases.prepare(&NZTECH).await else { return };
    for section in cases.sections(release).await {
        let body = if section.body_id == ITP.id() { &ITP } else { &NZTECH };
        cases.attest(body, release, &section.digest).await.expect("an attestation");
    }
    cases.publish(&NZTECH, release).await.expect("a publication");
}

/// Holds one that waits back, or lets it come to places again.
async fn hold(cases: &Caseload<'_>, id: ApplicationId) {
    let one = cases.application(id).await;
    if one.status != ApplicationStatus::Confirmed {
        return;
    }
    let (app, version) = (&*cases.app, one.version);
    let scope = staff_scope(lead_of(&one), Permission::Confirm);
    if one.hold_reason.is_some() {
        let command = ReleaseHold { app, scope: scope.clone(), id, version, note: None };
        app.db.perform(&scope, None, &command).await.expect("a release");
    } else {
        let reason = LongText::parse("A complaint.").expect("a text");
        let command = HoldApplication { app, scope: scope.clone(), id, version, reason };
        app.db.perform(&scope, None, &command).await.expect("a hold");
    }
}

fn lead_of(one: &application::Model) -> &'static super::support::cast::Member {
    if one.body_id == ITP.id() { &ITP_LEAD } else { &NZTECH_LEAD }
}

/// Lets one that was taken back wait again, by hand.
async fn confirm_anew(cases: &Caseload<'_>, id: ApplicationId) {
    let one = cases.application(id).await;
    let ended = matches!(one.status, ApplicationStatus::Withdrawn | ApplicationStatus::Revoked);
    let holds = place::Entity::find().filter(place::Column::ApplicationId.eq(id)).one(cases.conn()).await;
    if !ended || holds.expect("a query").is_some() {
        return;
    }
    application::Entity::update_many()
        .col_expr(application::Column::Status, Expr::value(ApplicationStatus::Confirmed))
        .col_expr(application::Column::EndedAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .filter(application::Column::Id.eq(id))
        .exec(cases.conn())
        .await
        .expect("a change");
    let entry = queue_entry::ActiveModel {
        application_id: Set(id),
        exception_id: Set(one.exception_id),
        body_id: Set(one.body_id),
        employer_id: Set(one.employer_id),
        band: Set(1),
        draw_rank: Set(None),
        submitted_at: Set(one.submitted_at.expect("an instant")),
        on_hold: Set(false),
    };
    queue_entry::Entity::insert(entry).exec_without_returning(cases.conn()).await.expect("a row");
}

async fn standing(cases: &Caseload<'_>) -> Standing {
    let applications = application::Entity::find().order_by_asc(application::Column::Id);
    let places = place::Entity::find().order_by_asc(place::Column::Number);
    let queue = queue_entry::Entity::find().order_by_asc(queue_entry::Column::ApplicationId);
    (
        applications.all(cases.conn()).await.expect("applications"),
        places.all(cases.conn()).await.expect("places"),
        queue.all(cases.conn()).await.expect("a queue"),
    )
}

/// Withdraws or revokes, or tells what would come of it.
async fn act(
    cases: &Caseload<'_>,
    id: ApplicationId,
    version: i32,
    withdraws: bool,
    dry: bool,
) -> Acted<TakenBack> {
    let app = &*cases.app;
    let one = cases.application(id).await;
    let reason = LongText::parse("No more.").expect("a text");
    if withdraws {
        let scope = agent_scope(if one.employer_id == RATA.id() { &RATA } else { &KAURI });
        let command = WithdrawApplication { app, scope: scope.clone(), id, version, reason };
        return if dry {
            app.db.rehearse(&scope, &command).await
        } else {
            app.db.perform(&scope, None, &command).await
        };
    }
    let scope = staff_scope(lead_of(&one), Permission::Confirm);
    let command = RevokeNomination { app, scope: scope.clone(), id, version, reason };
    if dry { app.db.rehearse(&scope, &command).await } else { app.db.perform(&scope, None, &command).await }
}

/// What was answered, to compare.
fn words(answer: Acted<TakenBack>) -> Result<TakenBack, String> {
    answer.map_err(|failure| match failure {
        Failure::Refused(errors) => format!("{errors:?}"),
        Failure::Unauthenticated | Failure::Fault(_) => panic!("{failure:?}"),
    })
}
