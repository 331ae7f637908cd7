//! The figures of a body's caseload: what they count, and who reads them.

use entity::{ApplicationId, EventKind, application, history_event};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};

use super::support::caseload::{Caseload, Wanted};
use super::support::cast::{EVERYBODY, ITP, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, OBSERVER, RATA, Tenant};
use super::support::{Caller, World};

on_both_databases! {
    a_summary_counts_what_the_body_sees,
    a_decision_takes_as_many_days_as_the_calendar_has_between,
    a_history_has_every_day_in_new_zealand,
    figures_are_read_by_the_bodys_own_and_by_observers_who_are_told_no_names,
}

async fn a_summary_counts_what_the_body_sees(world: World) {
    let cases = Caseload::new(&world, |definition| definition.settings.places = 1).await;
    let wanted = Wanted::new;
    let nothing = summary(&world.sign_in(&NZTECH_LEAD).await, &NZTECH, FIGURES).await;
    assert_eq!(counts(&nothing), json!({}));
    assert_eq!(nothing["byAssessor"], json!([]));
    cases.draft(&wanted("N0000001")).await;
    let late = cases.submitted(&wanted("N0000002")).await;
    let held = cases.submitted(&Wanted { firm: &RATA, ..wanted("N0000003") }).await;
    let early = cases.in_assessment(&wanted("N0000004"), 2).await;
    let advised = cases.recommended(&wanted("N0000005")).await;
    cases.confirmed(&wanted("N0000006")).await;
    let waits = cases.confirmed(&wanted("N0000007")).await;
    let elsewhere = cases.submitted(&Wanted { body: &ITP, ..wanted("N0000008") }).await;
    // The last instant at which it is in time, the first at which it is late, and one whose clock stands still.
    due(&world, &[late, elsewhere, waits], 0).await;
    due(&world, &[early], 1).await;
    due(&world, &[advised], -60 * 24).await;
    let reason = Expr::value("The employer asked to wait.");
    application::Entity::update_many()
        .col_expr(application::Column::HoldReason, reason)
        .filter(application::Column::Id.eq(held))
        .exec(world.conn())
        .await
        .expect("a hold");

    let seen = summary(&world.sign_in(&NZTECH_ASSESSOR).await, &NZTECH, FIGURES).await;
    assert_eq!(
        counts(&seen),
        json!({ "SUBMITTED": 2, "IN_ASSESSMENT": 1, "RECOMMENDED": 1, "CONFIRMED": 1, "NOMINATED": 1 })
    );
    assert_eq!(seen["byStatus"].as_array().map(Vec::len), Some(12), "every status but DRAFT");
    assert_eq!((&seen["overdue"], &seen["unassigned"]), (&json!(2), &json!(2)));
    let by = json!([{ "assessor": { "name": NZTECH_ASSESSOR.name }, "open": 2, "decided": 2 }]);
    assert_eq!(seen["byAssessor"], by);
}

async fn a_decision_takes_as_many_days_as_the_calendar_has_between(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let mut seen = Vec::new();
    for (days, passport) in [(0, "N0000001"), (3, "N0000002"), (10, "N0000003")] {
        let id = cases.recommended(&Wanted::new(passport)).await;
        cases.wait_minutes(days * 24 * 60);
        cases.confirm(&cases.application(id).await).await.expect("a confirmation");
        let lead = world.sign_in(&NZTECH_LEAD).await;
        seen.push(summary(&lead, &NZTECH, "medianDaysToDecision").await["medianDaysToDecision"].take());
    }
    assert_eq!(seen, ["0", "1.5", "3"]);
    let elsewhere = summary(&world.sign_in(&OBSERVER).await, &ITP, "medianDaysToDecision").await;
    assert_eq!(elsewhere["medianDaysToDecision"], Value::Null);
}

async fn a_history_has_every_day_in_new_zealand(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.submitted(&Wanted::new("N0000001")).await;
    cases.submitted(&Wanted { body: &ITP, ..Wanted::new("N0000002") }).await;
    // Midnight of 3 March 2022 in Auckland: the first belongs to the day before.
    for at in ["2022-03-02T10:59:59.999999Z", "2022-03-02T11:00:00Z"] {
        happened(&world, id, EventKind::Confirmed, at).await;
    }
    happened(&world, id, EventKind::Declined, "2022-03-04T00:00:00Z").await;
    happened(&world, id, EventKind::Assessed, "2022-03-04T00:00:00Z").await;
    world.clock.move_to("2022-03-05T00:00:00Z".parse().expect("an instant"));
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let told = async |arguments: &str| {
        let history = format!("history{arguments} {{ date submitted confirmed declined }}");
        let seen = summary(&lead, &NZTECH, &history).await["history"].take();
        let point = |point: &Value| {
            let number = |name: &str| point[name].as_u64().expect("a number");
            let day = point["date"].as_str().expect("a day").to_owned();
            (day, number("submitted"), number("confirmed"), number("declined"))
        };
        seen.as_array().expect("points").iter().map(point).collect::<Vec<_>>()
    };
    let day = |day: &str, submitted, confirmed, declined| (day.to_owned(), submitted, confirmed, declined);
    let all = [
        day("2022-03-01", 1, 0, 0),
        day("2022-03-02", 0, 1, 0),
        day("2022-03-03", 0, 1, 0),
        day("2022-03-04", 0, 0, 1),
        day("2022-03-05", 0, 0, 0),
    ];
    assert_eq!(told("").await, all);
    assert_eq!(told("(from: \"2022-03-02\", to: \"2022-03-03\")").await, all[1..=2]);
    let earlier = told("(from: \"2022-02-28\", to: \"2022-03-01\")").await;
    assert_eq!(earlier, [day("2022-02-28", 0, 0, 0), all[0].clone()]);
    assert_eq!(told("(from: \"2022-03-06\")").await, []);
    let most = told("(from: \"2021-01-30\")").await;
    assert_eq!((most.len(), &most[395..]), (400, &all[..]));
    let query = format!("{{ {} }}", document("history(from: \"2021-01-29\") { date }"));
    let refused = lead.graphql(&query, json!({})).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

async fn figures_are_read_by_the_bodys_own_and_by_observers_who_are_told_no_names(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    cases.in_assessment(&Wanted::new("N0000001"), 0).await;
    cases.in_assessment(&Wanted { body: &ITP, ..Wanted::new("N0000002") }, 0).await;
    for member in EVERYBODY {
        let caller = world.sign_in(member).await;
        for body in [&NZTECH, &ITP] {
            let seen = summary(&caller, body, "unassigned byAssessor { open }").await;
            let names = json!({ "unassigned": 0, "byAssessor": [{ "open": 1 }] });
            let figures = json!({ "unassigned": 0, "byAssessor": null });
            let own = member.body.is_some_and(|own| own.slug == body.slug);
            let observes = member.handle == OBSERVER.handle;
            let expected = if own { names } else { json!(observes.then_some(figures)) };
            assert_eq!(seen, expected, "{} of {}", member.handle, body.slug);
        }
    }
    assert_eq!(summary(&world.anybody(), &NZTECH, "unassigned").await, Value::Null);
    let query = "{ classException(slug: \"specialist-tech\") { bodies { caseload(classException: \"nothing\") { overdue } } } }";
    let nothing = world.sign_in(&NZTECH_LEAD).await.data(query, json!({})).await;
    assert_eq!(nothing["classException"]["bodies"], json!([{ "caseload": null }, { "caseload": null }]));
}

const FIGURES: &str =
    "byStatus { status count } overdue unassigned byAssessor { assessor { name } open decided }";

fn document(fields: &str) -> String {
    format!(
        "classException(slug: \"specialist-tech\") {{ bodies {{ slug \
         caseload(classException: \"specialist-tech\") {{ {fields} }} }} }}"
    )
}

/// What a caller reads of a body's figures.
async fn summary(caller: &Caller, body: &Tenant, fields: &str) -> Value {
    let mut seen = caller.data(&format!("{{ {} }}", document(fields)), json!({})).await;
    let bodies = seen["classException"]["bodies"].as_array_mut().expect("bodies");
    let one = bodies.iter_mut().find(|one| one["slug"] == body.slug).expect("a body");
    one["caseload"].take()
}

/// The statuses in which there is any application.
fn counts(seen: &Value) -> Value {
    let all = seen["byStatus"].as_array().expect("counts").iter();
    let some = all.filter(|one| one["count"] != 0);
    some.map(|one| (one["status"].as_str().expect("a word").to_owned(), one["count"].clone())).collect()
}

/// Lets decisions be due so many minutes from now.
async fn due(world: &World, ids: &[ApplicationId], minutes: i64) {
    let at = world.now() + chrono::TimeDelta::minutes(minutes);
    application::Entity::update_many()
        .col_expr(application::Column::DueAt, Expr::value(at))
        .filter(application::Column::Id.is_in(ids.iter().copied()))
        .exec(world.conn())
        .await
        .expect("a date");
}

/// Writes down that something happened to an application.
async fn happened(world: &World, id: ApplicationId, kind: EventKind, at: &str) {
    let like = history_event::Entity::find()
        .filter(history_event::Column::ApplicationId.eq(id))
        .one(world.conn())
        .await
        .expect("a query")
        .expect("an event");
    let event = history_event::ActiveModel {
        id: Set(entity::EventId(uuid::Uuid::from_bytes(world.app.random.bytes()))),
        at: Set(at.parse().expect("an instant")),
        kind: Set(kind),
        ..like.into()
    };
    event.insert(world.conn()).await.expect("an event");
}
