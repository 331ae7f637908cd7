//! A passport's number is read whole: by whom, from where, and that it is on record.

use entity::{EventKind, conflict, history_event, idempotency};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use super::support::acts::{act, send};
use super::support::caseload::{Caseload, Wanted};
use super::support::cast::{
    ITP_LEAD, KAURI, KAURI_AGENT, Member, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SERVICE, OBSERVER,
    OFFICER,
};
use super::support::{Caller, World};

on_both_databases! {
    a_bodys_people_read_it_and_each_reading_is_on_record,
    a_key_puts_it_on_record_once_and_keeps_no_number,
    who_has_a_conflict_is_told_what_everybody_else_is_told,
    the_agency_reads_what_was_published,
}

const NUMBER: &str = "N7654321";

async fn ask(caller: &Caller, reference: &str) -> Value {
    send(caller, "revealPassport", &json!({ "reference": reference })).await
}

/// The records of readings.
async fn readings(world: &World) -> Vec<history_event::Model> {
    let of = history_event::Column::Kind.eq(EventKind::PassportRevealed);
    history_event::Entity::find().filter(of).all(world.conn()).await.expect("events")
}

async fn a_bodys_people_read_it_and_each_reading_is_on_record(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.submitted(&Wanted::new(NUMBER)).await;
    let reference = world.application(id).await.reference;
    let whole = json!({ "number": NUMBER, "issuingState": "IND", "expiresOn": "2030-06-01" });
    for (read, member) in [&NZTECH_ASSESSOR, &NZTECH_LEAD].into_iter().enumerate() {
        let caller = world.sign_in(member).await;
        assert_eq!(ask(&caller, &reference).await, json!({ "passport": whole, "userErrors": [] }));
        // However a reference is typed.
        let typed = reference.to_lowercase().replace('-', " ");
        assert_eq!(ask(&caller, &typed).await["passport"], whole);
        let all = readings(&world).await;
        assert_eq!(all.len(), (read + 1) * 2);
        let last = all.last().expect("a record");
        assert_eq!((last.actor_id, last.application_id), (Some(member.person()), Some(id)));
        assert!(!last.detail.to_string().contains(NUMBER));
    }
    // Its own people read of it in the timeline, and the employer does not.
    let timeline = "query($it: String!) { application(reference: $it) { timeline { nodes { kind } } } }";
    for (member, is_told) in [(&NZTECH_LEAD, true), (&KAURI_AGENT, false)] {
        let seen = world.sign_in(member).await.data(timeline, json!({ "it": reference })).await;
        assert_eq!(seen.to_string().contains("PASSPORT_REVEALED"), is_told, "{}", member.handle);
    }
    let hidden = ask(&world.sign_in(&ITP_LEAD).await, &reference).await;
    assert_eq!(hidden, ask(&world.sign_in(&ITP_LEAD).await, "NZT-000000").await);
    for member in [&KAURI_AGENT, &NZTECH_SERVICE, &OBSERVER] {
        let refused = ask(&world.sign_in(member).await, &reference).await;
        assert_eq!(refused["userErrors"][0]["code"], "NOT_PERMITTED", "{}", member.handle);
    }
    assert_eq!(readings(&world).await.len(), 4);
}

async fn a_key_puts_it_on_record_once_and_keeps_no_number(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new(NUMBER)).await;
    let reference = world.application(id).await.reference;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let input = json!({ "reference": reference, "idempotencyKey": "once" });
    let first = act(&assessor, "revealPassport", &input).await;
    assert_eq!(first, act(&assessor, "revealPassport", &input).await);
    assert_eq!((readings(&world).await.len(), &first["passport"]["number"]), (1, &json!(NUMBER)));
    let kept = idempotency::Entity::find().all(world.conn()).await.expect("rows");
    let kept = kept.into_iter().find(|row| row.act == "revealPassport").expect("a row");
    assert!(!kept.answer.expect("an answer").to_string().contains(NUMBER));
    let other = json!({ "reference": "NZT-000000", "idempotencyKey": "once" });
    let refused = send(&assessor, "revealPassport", &other).await;
    assert_eq!(refused["userErrors"][0]["code"], "KEY_REUSED");
    // Another passport by then: the number is not told on the strength of the old record.
    let version = world.application(id).await.version;
    let correction = json!({
        "id": nominations::schema::GlobalId::of(&id).to_string(), "version": version, "reason": "A typo.",
        "worker": { "familyName": "Rao", "givenNames": "Asha", "dateOfBirth": "1990-06-01", "nationality": "IND",
            "passportIssuingState": "IND", "passportNumber": "N7654322", "offshore": true },
    });
    act(&assessor, "amendNomination", &correction).await;
    let stale = send(&assessor, "revealPassport", &input).await;
    assert_eq!((&stale["passport"], &stale["userErrors"][0]["code"]), (&Value::Null, &json!("STALE")));
}

async fn who_has_a_conflict_is_told_what_everybody_else_is_told(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.submitted(&Wanted::new(NUMBER)).await;
    let reference = world.application(id).await.reference;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let input = json!({ "reference": reference, "idempotencyKey": "before" });
    act(&assessor, "revealPassport", &input).await;
    let row = conflict::Model {
        person_id: NZTECH_ASSESSOR.person(),
        employer_id: KAURI.id(),
        body_id: NZTECH.id(),
        reason: "A cousin.".into(),
        declared_at: world.now(),
    };
    conflict::Entity::insert(row.into_active_model())
        .exec_without_returning(world.conn())
        .await
        .expect("a row");
    let hidden = ask(&assessor, &reference).await;
    assert_eq!(hidden["userErrors"][0]["code"], "NOT_FOUND");
    assert_eq!(hidden, ask(&assessor, "NZT-000000").await);
    // Nor by a key from before.
    assert_eq!(hidden, send(&assessor, "revealPassport", &input).await);
    assert_eq!(readings(&world).await.len(), 1);
    assert_eq!(ask(&world.sign_in(&NZTECH_LEAD).await, &reference).await["userErrors"], json!([]));
}

async fn the_agency_reads_what_was_published(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new(NUMBER)).await;
    let reference = world.application(id).await.reference;
    let ask_as = async |member: &Member| ask(&world.sign_in(member).await, &reference).await;
    let hidden = ask_as(&OFFICER).await;
    assert_eq!(hidden["userErrors"][0]["code"], "NOT_FOUND");
    world.prepare(&NZTECH).await.expect("a release");
    assert_eq!(ask_as(&OFFICER).await, hidden);
    let live =
        entity::release_state::Entity::find().one(world.conn()).await.expect("a query").expect("a release");
    world.abandon(&NZTECH, live.release_id).await.expect("an end");
    world.published().await;
    let read = ask_as(&OFFICER).await;
    assert_eq!((&read["passport"]["number"], &read["userErrors"]), (&json!(NUMBER), &json!([])));
    let record = readings(&world).await.pop().expect("a record");
    assert_eq!(record.detail, json!({ "reference": reference, "release": 2 }));
    // A body does not read who at the agency looked.
    assert_eq!((record.application_id, record.body_id), (None, None));
}
