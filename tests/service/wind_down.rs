//! A class exception to its end: the window closes by the clock, the queue drains, the last release goes out, the records are
//! held against each other and signed, and the figures stay.

use chrono::{DateTime, Utc};
use entity::{AgencyStatus, ApplicationStatus, OutcomeFate, PlaceState};
use nominations::applications::actions::{SubmitApplication, Sweep};
use nominations::check::check;
use nominations::error::{Failure, UserErrorCode};
use nominations::reconciliation::actions::{SignOff, reconcile};
use nominations::tenancy::{Permission, SystemScope};
use serde_json::json;

use super::support::World;
use super::support::caseload::{Caseload, Wanted, agent_scope, staff_scope};
use super::support::cast::{ITP, ITP_LEAD, KAURI, NZTECH_LEAD, OBSERVER, RATA};

on_both_databases! { a_class_exception_comes_to_its_end }

/// The window closes at 11:59 pm on 31 July 2022 in New Zealand, and the giving of places a month later.
const CLOSES: &str = "2022-07-31T12:00:00Z";
const GIVING_ENDS: &str = "2022-08-31T12:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

async fn a_class_exception_comes_to_its_end(world: World) {
    let cases = Caseload::new(&world, |definition| {
        definition.settings.places = 2;
        definition.settings.allocation_ends_at = Some(at(GIVING_ENDS));
    })
    .await;
    let to_itp = |passport| Wanted { body: &ITP, firm: &RATA, ..Wanted::new(passport) };
    let status = async |id| world.application(id).await.status;
    let first = cases.confirmed(&Wanted::new("N0000001")).await;
    let second = cases.confirmed(&to_itp("N0000002")).await;
    let third = cases.recommended(&Wanted::new("N0000003")).await;
    let fourth = cases.confirmed(&to_itp("N0000004")).await;
    let draft = cases.draft(&Wanted::new("N0000005")).await;

    // The window closes by the clock: nothing new comes in, and all that is there goes on.
    world.clock.move_to(at(CLOSES));
    let scope = agent_scope(&KAURI);
    let command = SubmitApplication {
        app: &world.app,
        scope: scope.clone(),
        id: draft,
        version: 1,
        declaration: true,
        told_on: None,
    };
    let late = world.app.db.perform(&scope, None, &command).await;
    assert!(matches!(late, Err(Failure::Refused(errors)) if errors[0].code == UserErrorCode::WindowClosed));
    world.confirm(&world.application(third).await).await.expect("a confirmation");
    assert_eq!(status(third).await, ApplicationStatus::Confirmed);

    // The queue drains in its order, whichever body gave the place back.
    world.take_back(second).await.expect("a revocation");
    assert_eq!(status(third).await, ApplicationStatus::Nominated);
    assert_eq!(status(fourth).await, ApplicationStatus::Confirmed);
    let release = world.acknowledged().await;
    assert_eq!(world.lines(release).await.len(), 2);

    // What waits when the giving of places ends lapses, and a place that comes back stays free.
    world.clock.move_to(at(GIVING_ENDS));
    let sweep = Sweep { app: &world.app, exception: cases.exception };
    assert_eq!(world.by_itself(&sweep).await.expect("a sweep").lapsed, 1);
    assert_eq!(status(fourth).await, ApplicationStatus::Lapsed);
    let granted = at("2022-08-20T00:00:00Z");
    assert_eq!(world.say_of(first, AgencyStatus::VisaGranted, granted).await, OutcomeFate::Applied);
    world.take_back(third).await.expect("a revocation");
    assert_eq!(world.place_of(third).await.expect("its place").state, PlaceState::Returning);

    // The last release says so, and its acknowledgement frees the place.
    let last = world.acknowledged().await;
    assert!(world.line(last, first).await.is_some());
    assert_eq!(world.place_of(third).await, None);
    assert_eq!(status(first).await, ApplicationStatus::Nominated);

    // The last reconciliation, signed by both.
    let run = reconcile(&world.app, &SystemScope::of("test"), None, cases.exception).await.expect("a run");
    for lead in [&NZTECH_LEAD, &ITP_LEAD] {
        let command = SignOff { scope: staff_scope(lead, Permission::Reconcile), id: run };
        world.app.db.perform(&command.scope, None, &command).await.expect("a signature");
    }

    // What stays are figures, for who may see no people.
    let query = r#"{ classException(slug: "specialist-tech") {
        quota { places available listed consumed waiting }
        bodies { slug caseload(classException: "specialist-tech") { byStatus { status count } medianDaysToDecision } }
        reconciliation { balanced byBody { body { slug } caseload ledger released agency } signOffs { body { slug } } } } }"#;
    let seen = world.sign_in(&OBSERVER).await.data(query, json!({})).await["classException"].take();
    let quota = json!({ "places": 2, "available": 1, "listed": 0, "consumed": 1, "waiting": 0 });
    assert_eq!(seen["quota"], quota);
    assert_eq!(seen["reconciliation"]["balanced"], true);
    assert_eq!(seen["reconciliation"]["signOffs"].as_array().expect("signatures").len(), 2);
    let bodies = seen["reconciliation"]["byBody"].as_array().expect("figures");
    let of = |slug: &str| bodies.iter().find(|one| one["body"]["slug"] == slug).expect("a body").clone();
    for (slug, figure) in [("nztech", 1), ("itp", 0)] {
        for record in ["caseload", "ledger", "released", "agency"] {
            assert_eq!(of(slug)[record], figure, "{slug} {record}");
        }
    }
    assert_eq!(check(&world.app).await.expect("a check"), []);
}
