//! What is held of people goes on the class exception's date, and everything else stays; and before that a worker is given
//! all of it.

use chrono::NaiveDate;
use entity::{ApplicationId, EventKind, application, class_exception, history_event, release_line};
use nominations::amendment::ApplyDefinition;
use nominations::check::check;
use nominations::error::{Failure, UserErrorCode};
use nominations::exceptions::definition::Definition;
use nominations::export::{ExportWorker, Whom};
use nominations::jobs::{Job, run};
use nominations::purge::PurgeNext;
use nominations::schema::GlobalId;
use nominations::tenancy::SystemScope;
use nominations::values::country::CountryCode;
use nominations::values::passport::PassportNumber;
use nominations::values::reference::Reference;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, Statement};
use serde_json::{Value, json};

use super::support::acts::{act, input, send};
use super::support::caseload::{Caseload, Wanted, definition};
use super::support::cast::{ITP, KAURI_AGENT, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, OFFICER};
use super::support::{Caller, World};

on_both_databases! {
    on_its_date_all_that_is_held_of_people_goes_and_the_rest_stays,
    a_day_that_has_come_already_is_taken_only_where_that_is_meant,
    a_worker_is_given_all_that_is_held_by_every_body,
}

/// Stands in every text that people type, and nowhere else.
const WORD: &str = "Kakapoq";
const PASSPORT: &str = "Q7654329";

#[test]
fn a_date_is_taken_only_after_the_last_place_is_given() {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let file = include_str!("../../exceptions/specialist-tech.toml");
    let with = |more: &str| {
        let file = file.replace("agency =", &format!("{more}\nagency ="));
        nominations::exceptions::definition::Definition::parse(&file)
            .map(|definition| definition.settings.purge_on)
    };
    let ends = "allocation_ends_at = \"2022-08-31T12:00:00Z\"\n";
    // The giving of places ends with 31 August in New Zealand.
    assert_eq!(with(&format!("{ends}purge_on = \"2022-09-02\"")), Ok(Some(day("2022-09-02"))));
    assert!(with(&format!("{ends}purge_on = \"2022-09-01\"")).is_err());
    assert!(with("purge_on = \"2030-01-01\"").is_err());
}

async fn a_correction(world: &World, id: ApplicationId) {
    let lead = world.sign_in(&NZTECH_ASSESSOR).await;
    let version = world.application(id).await.version;
    let correction = json!({
        "id": GlobalId::of(&id).to_string(), "version": version, "reason": format!("{WORD} reason"),
        "worker": { "familyName": format!("{WORD}-Rao"), "givenNames": "Asha", "dateOfBirth": "1990-06-01",
            "nationality": "IND", "passportIssuingState": "IND", "passportNumber": PASSPORT, "offshore": true },
    });
    act(&lead, "amendNomination", &correction).await;
}

async fn say(officer: &Caller, reference: &str) {
    let outcome = json!({ "reference": reference, "status": "TRAVEL_REQUESTED", "at": "2022-03-01T00:00:00Z",
        "agencyReference": format!("{WORD} number"), "reason": format!("{WORD} reason"),
        "workerFamilyName": format!("{WORD}-Rao"), "passportIssuingState": "IND", "passportNumber": "N9999999" });
    let message = json!({ "classException": "specialist-tech", "messageId": "m-1", "outcomes": [outcome] });
    let document = "mutation($input: RecordAgencyOutcomesInput!) { recordAgencyOutcomes(input: $input) {
        userErrors { code message } } }";
    let told = officer.data(document, json!({ "input": message })).await;
    assert_eq!(told["recordAgencyOutcomes"]["userErrors"], json!([]));
}

/// The class exception whose data goes on this day, if on any.
fn purged_on(day: Option<NaiveDate>) -> Definition {
    definition(|definition| {
        definition.settings.allocation_ends_at = Some("2022-08-31T12:00:00Z".parse().expect("an instant"));
        definition.settings.purge_on = day;
    })
}

/// Applications at several stages, with what people type in all of them; one is on a published release.
async fn settle(world: &World) -> (Caseload<'_>, ApplicationId) {
    let cases =
        Caseload::new(world, |definition| *definition = purged_on(NaiveDate::from_ymd_opt(2023, 2, 1))).await;
    cases.interest(&NZTECH, &super::support::cast::KAURI).await;
    cases.draft(&Wanted::new("N1111110")).await;
    let asked = cases.in_assessment(&Wanted::new("N1111111"), 2).await;
    let nominated = cases.confirmed(&Wanted::new("N1111112")).await;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let mut target = super::import::target();
    (target.word, target.passport) = (WORD.to_owned(), PASSPORT.to_owned());
    (target.application, target.version) =
        (GlobalId::of(&asked).to_string(), world.application(asked).await.version.into());
    act(&assessor, "requestInformation", &input("requestInformation", &target)).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let made = act(&agent, "createApplication", &input("createApplication", &target)).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (target.application, target.version) = (text(&made["application"]["id"]), 1);
    act(&agent, "addEvidence", &input("addEvidence", &target)).await;
    target.version = 2;
    act(&agent, "submitApplication", &input("submitApplication", &target)).await;
    target.version = 3;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    act(&lead, "holdApplication", &input("holdApplication", &target)).await;
    world.published().await;
    cases.submitted(&Wanted { body: &ITP, ..Wanted::new("N1111112") }).await;
    a_correction(world, nominated).await;
    let reference = world.application(nominated).await.reference;
    say(&world.sign_in(&OFFICER).await, &reference).await;
    (cases, nominated)
}

async fn a_day_that_has_come_already_is_taken_only_where_that_is_meant(world: World) {
    let cases = Caseload::new(&world, |definition| *definition = purged_on(None)).await;
    cases.interest(&NZTECH, &super::support::cast::KAURI).await;
    cases.draft(&Wanted::new("N1111110")).await;
    cases.submitted(&Wanted::new("N1111111")).await;
    world.clock.move_to("2024-09-30T11:00:00Z".parse().expect("an instant"));
    let command = |purge_now| ApplyDefinition {
        app: &world.app,
        definition: purged_on(NaiveDate::from_ymd_opt(2024, 10, 1)),
        purge_now,
    };
    let told = "purge_on: 2024-10-01 has come already: what is held of people in 2 applications and 1 expression of \
                interest is deleted within the hour, for good";
    let refused = world.by_itself(&command(false)).await;
    let Err(Failure::Refused(errors)) = refused else { panic!("{refused:?}") };
    let message = format!("{told}. Say --purge-now where that is meant, or give a day to come.");
    assert_eq!((errors[0].code, &errors[0].message), (UserErrorCode::DeadlinePassed, &message));
    let scope = SystemScope::of("test");
    let rehearsed = world.app.db.rehearse(&scope, &command(true)).await.expect("a rehearsal");
    assert_eq!(rehearsed, ["purge_on: none -> 2024-10-01", told]);
    assert_eq!(purge(&world).await, "nothing to do");
    assert_eq!(world.by_itself(&command(true)).await.expect("an amendment"), rehearsed);
    assert_eq!(purge(&world).await, "2 applications");
    // It is said once: the same file again changes nothing.
    assert_eq!(world.by_itself(&command(false)).await.expect("nothing changes"), Vec::<String>::new());
}

/// All columns of a table of SQLite as one text.
async fn quoted_columns(world: &World, table: &str) -> String {
    let columns = format!("SELECT name FROM pragma_table_info('{table}')");
    let columns = world.conn().query_all_raw(Statement::from_string(DbBackend::Sqlite, columns)).await;
    let quoted =
        |row: &sea_orm::QueryResult| format!("quote({})", row.try_get::<String>("", "name").expect("a name"));
    columns.expect("columns").iter().map(quoted).collect::<Vec<_>>().join("||'|'||")
}

/// Every row of every table that holds one of these, in any of its columns.
async fn found(world: &World, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let backend = world.app.db.backend();
    for (table, _) in world.count_rows().await {
        let sql = if backend == DbBackend::Postgres {
            format!("SELECT one::text AS line FROM {table} AS one")
        } else {
            format!("SELECT {} AS line FROM {table}", quoted_columns(world, &table).await)
        };
        for row in world.conn().query_all_raw(Statement::from_string(backend, sql)).await.expect("rows") {
            let line: String = row.try_get("", "line").expect("a text");
            let lower = line.to_lowercase();
            if words.iter().any(|word| lower.contains(&word.to_lowercase())) {
                found.push(format!("{table}: {line}"));
            }
        }
    }
    found
}

async fn purge(world: &World) -> String {
    run(Job::Purge, &world.app).await.expect("a run").to_string()
}

async fn on_its_date_all_that_is_held_of_people_goes_and_the_rest_stays(world: World) {
    let (cases, nominated) = settle(&world).await;
    let words = [WORD, "asha", "finn@example", "interest@example.nz", "1990-06-01", "Writes software"];
    let personal = found(&world, &words).await.len();
    assert!(personal > 20, "{personal}");
    let counted = history_event::Entity::find().count(world.conn()).await.expect("a count");
    // The last moment of 31 January in New Zealand, which is ahead by 13 hours.
    world.clock.move_to("2023-01-31T10:59:59Z".parse().expect("an instant"));
    assert_eq!(purge(&world).await, "nothing to do");
    assert_eq!(found(&world, &words).await.len(), personal);
    world.clock.move_to("2023-01-31T11:00:00Z".parse().expect("an instant"));
    // Two processes at once.
    let other = world.another().await;
    let (one, another) = tokio::join!(purge(&world), purge(&other));
    assert!([one.as_str(), &another].contains(&"5 applications"), "{one}, {another}");
    assert_eq!(found(&world, &words).await, Vec::<String>::new());
    assert_eq!(check(&world.app).await.expect("a check"), []);
    assert_eq!(purge(&world).await, "nothing to do");
    let lines = release_line::Entity::find().all(world.conn()).await.expect("lines");
    assert!(!lines.is_empty() && lines.iter().all(|line| line.content_sealed.is_empty()));
    let purged = history_event::Column::Kind.eq(EventKind::PersonalDataPurged);
    let events = history_event::Entity::find().filter(purged).all(world.conn()).await.expect("events");
    assert_eq!(events.len(), 1);
    let after = history_event::Entity::find().count(world.conn()).await.expect("a count");
    assert_eq!(after, counted + 1);
    what_is_left_is_shown(&world, nominated).await;
    its_day_stays(&world).await;
    nothing_comes_back_to_life(&world, &cases).await;
    assert_eq!(application::Entity::find().count(world.conn()).await.expect("a count"), 5);
    assert_eq!(world.by_itself(&PurgeNext { exception: cases.exception }).await.expect("nothing"), 0);
}

/// Deleting is for good, so the day of it is too once it has come.
async fn its_day_stays(world: &World) {
    for day in [None, NaiveDate::from_ymd_opt(2030, 1, 1), NaiveDate::from_ymd_opt(2023, 1, 31)] {
        let refused = world.apply(purged_on(day)).await;
        let Err(Failure::Refused(errors)) = refused else { panic!("{refused:?}") };
        let message = "purge_on: 2023-02-01 has come, and what is held of people is deleted or being deleted: it \
                       cannot be moved or taken out.";
        assert_eq!((errors[0].code, errors[0].message.as_str()), (UserErrorCode::DeadlinePassed, message));
    }
    let same = world.apply(purged_on(NaiveDate::from_ymd_opt(2023, 2, 1))).await;
    assert_eq!(same.expect("nothing changes"), Vec::<String>::new());
}

/// Whatever becomes of the day behind the service's back: what was purged stays so.
async fn nothing_comes_back_to_life(world: &World, cases: &Caseload<'_>) {
    let never = class_exception::Entity::update_many()
        .col_expr(class_exception::Column::PurgeOn, Expr::value(None::<NaiveDate>))
        .filter(class_exception::Column::Id.eq(cases.exception));
    never.exec(world.conn()).await.expect("an update");
    let nothing = application::Entity::update_many()
        .col_expr(application::Column::HoldReason, Expr::value(None::<String>));
    nothing.exec(world.conn()).await.expect("an update");
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let all = "{ applications(first: 10) { nodes { id version status availableActions } } }";
    let all = lead.data(all, json!({})).await["applications"]["nodes"].take();
    let all = all.as_array().expect("applications");
    assert!(all.len() > 2, "{all:?}");
    assert!(all.iter().all(|one| one["availableActions"] == json!([])), "{all:?}");
    let open = all.iter().find(|one| one["status"] == "SUBMITTED").expect("one that nobody has");
    let ids = json!({ "ids": [open["id"]], "assessor": null });
    let refused = send(&lead, "assignApplications", &ids).await;
    assert_eq!(refused["userErrors"][0]["code"], "DEADLINE_PASSED", "{refused}");
    let next = send(&lead, "takeNextApplication", &json!({ "classException": "specialist-tech" })).await;
    assert_eq!((&next["application"], &next["userErrors"]), (&Value::Null, &json!([])), "{next}");
}

/// People are told what stands, and that the rest is gone; nothing is a fault.
async fn what_is_left_is_shown(world: &World, nominated: ApplicationId) {
    let row = world.application(nominated).await;
    let seen = "query($it: String!) { application(reference: $it) { status contactName eligibility { outcome }
        worker { familyName dateOfBirth passportHint } flags timeline { totalCount } pendingAmendment { reason } } }";
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let shown = lead.data(seen, json!({ "it": row.reference })).await["application"].take();
    assert_eq!(
        (&shown["status"], &shown["worker"]),
        (&json!("NOMINATED"), &json!({ "familyName": null, "dateOfBirth": null, "passportHint": null }))
    );
    let list = r#"{ release(classException: "specialist-tech", number: 1) { digest lines { nodes { reference annualPay
        worker { familyName } } } } }"#;
    let officer = world.sign_in(&OFFICER).await;
    let line = officer.data(list, json!({})).await["release"]["lines"]["nodes"][0].take();
    assert_eq!(line, json!({ "reference": row.reference, "annualPay": null, "worker": null }));
    for caller in [&lead, &officer] {
        let refused = send(caller, "revealPassport", &json!({ "reference": row.reference })).await;
        assert_eq!(refused["userErrors"][0]["code"], "NOT_FOUND");
    }
    let hold =
        json!({ "id": GlobalId::of(&nominated).to_string(), "version": row.version, "reason": "Late." });
    let refused = send(&lead, "holdApplication", &hold).await;
    assert_eq!(refused["userErrors"][0]["code"], "DEADLINE_PASSED");
    let refused = send(&lead, "prepareRelease", &json!({ "classException": "specialist-tech" })).await;
    assert_eq!(refused["userErrors"][0]["code"], "DEADLINE_PASSED");
    let late = json!({ "classException": "specialist-tech", "messageId": "late", "outcomes": [{ "reference": row.reference,
        "status": "VISA_GRANTED", "at": "2022-06-01T00:00:00Z", "reason": WORD }] });
    let refused = send(&officer, "recordAgencyOutcomes", &late).await;
    assert_eq!(refused["userErrors"][0]["code"], "DEADLINE_PASSED");
}

async fn a_worker_is_given_all_that_is_held_by_every_body(world: World) {
    let (_cases, nominated) = settle(&world).await;
    let reference = world.application(nominated).await.reference;
    let of = Whom::OfApplication(Reference::parse(&reference).expect("a reference"));
    let held = world.by_itself(&ExportWorker { app: &world.app, whom: of }).await.expect("all that is held");
    let state = CountryCode::parse("IND").expect("a state");
    let number = PassportNumber::parse("n 111-1112").expect("a number");
    let by_passport = Whom::WithPassport(state, number);
    let same = world
        .by_itself(&ExportWorker { app: &world.app, whom: by_passport })
        .await
        .expect("all that is held");
    let of_bodies = |held: &Value| {
        let all = held["applications"].as_array().expect("applications").clone();
        all.iter().map(|one| one["body"]["slug"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of_bodies(&held), [json!("nztech"), json!("itp")]);
    assert_eq!(of_bodies(&held), of_bodies(&same));
    let own = &held["applications"][0];
    assert_eq!(own["worker"]["passportNumber"], "N1111112");
    assert_eq!(own["releases"][0]["says"]["passport_number"], "N1111112");
    assert_eq!(own["corrections"][0]["reason"], format!("{WORD} reason"));
    let differs = own["discrepancies"].as_array().expect("discrepancies").iter();
    assert!(differs.filter(|one| one["theirs"] == "999").count() == 1, "{}", own["discrepancies"]);
    assert_eq!(own["agencyDetails"]["passport"], json!(["IND", "N9999999"]));
    // Of the others in the caseload there is nothing.
    assert!(!held.to_string().contains("N1111111") && !held.to_string().contains(PASSPORT));
    let given = history_event::Column::Kind.eq(EventKind::WorkerExported);
    assert_eq!(history_event::Entity::find().filter(given).count(world.conn()).await.expect("a count"), 4);
    let nobody = Whom::OfApplication(Reference::parse("NZT-000000").expect("a reference"));
    assert!(world.by_itself(&ExportWorker { app: &world.app, whom: nobody }).await.is_err());
    assert_eq!(definition(|_| {}).settings.purge_on, None);
}
