//! The records are held against each other: what agrees, what does not, and that it costs no more than reading them.

use std::collections::BTreeSet;

use entity::{
    AgencyStatus, ApplicationStatus, ClosedBecause, DiscrepancyKind, DiscrepancyStatus, PlaceState,
    ReconciliationId, agency_case, discrepancy, place, reconciliation, reconciliation_figure,
};
use nominations::applications::details::ShortText;
use nominations::check::check;
use nominations::reconciliation::actions::outcomes::SentLine;
use nominations::reconciliation::actions::reconcile;
use nominations::schema::GlobalId;
use nominations::tenancy::SystemScope;
use nominations::values::country::CountryCode;
use nominations::values::passport::PassportNumber;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::outcomes::line;
use super::support::caseload::{Caseload, Wanted};
use super::support::casework::payload;
use super::support::cast::{
    ITP, ITP_LEAD, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, OBSERVER, OFFICER, RATA, Tenant,
};
use super::support::{Caller, World};

mod corrupt;

on_both_databases! {
    records_that_agree_are_balanced_and_signed_by_every_body,
    what_does_not_agree_is_told_to_its_body_and_goes_away_once_mended,
    nothing_is_signed_while_anything_is_open,
    a_run_makes_as_many_statements_whatever_it_reads,
    a_key_makes_one_run,
    what_the_agency_told_is_found_again_until_it_agrees,
}

impl Caseload<'_> {
    async fn reconcile(&self) -> ReconciliationId {
        let scope = SystemScope::of("test");
        reconcile(&self.app, &scope, None, self.exception).await.expect("a run")
    }
}

/// Of both bodies, listed and acknowledged: two of NZTech's, one of ITP's.
async fn listed(cases: &Caseload<'_>) -> [entity::ApplicationId; 3] {
    let one = cases.confirmed(&Wanted::new("N0000001")).await;
    let two = cases.confirmed(&Wanted::new("N0000002")).await;
    let three = cases.confirmed(&to_itp("N0000003")).await;
    cases.acknowledged().await;
    [one, two, three]
}

fn to_itp(passport: &str) -> Wanted<'_> {
    Wanted { body: &ITP, firm: &RATA, ..Wanted::new(passport) }
}

async fn figures(world: &World, run: ReconciliationId, body: &Tenant) -> [i64; 4] {
    let found = reconciliation_figure::Entity::find_by_id((run, body.id())).one(world.conn()).await;
    let row = found.expect("a query").expect("figures");
    [row.caseload, row.ledger, row.released, row.agency]
}

async fn open(world: &World) -> Vec<discrepancy::Model> {
    let select = discrepancy::Entity::find()
        .filter(discrepancy::Column::Status.eq(DiscrepancyStatus::Open))
        .order_by_asc(discrepancy::Column::Id);
    select.all(world.conn()).await.expect("a query")
}

/// The last run, as somebody sees it.
async fn last(caller: &Caller) -> Value {
    let query = r#"{ classException(slug: "specialist-tech") { reconciliations(first: 10) { totalCount }
        reconciliation { id number balanced checked matched digest open { kind count }
            byBody { body { slug } caseload ledger released agency } signOffs { body { slug } by lineCount digest } } } }"#;
    caller.data(query, json!({})).await["classException"].take()
}

async fn sign(caller: &Caller, run: &Value) -> Value {
    let input = json!({ "id": run });
    payload(caller, "signOffReconciliation", "reconciliation { signOffs { body { slug } } }", input).await
}

async fn records_that_agree_are_balanced_and_signed_by_every_body(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    listed(&cases).await;
    cases.confirmed(&Wanted::new("N0000004")).await;
    let run = cases.reconcile().await;
    // The fourth waits for the next release.
    assert_eq!(figures(&world, run, &NZTECH).await, [3, 3, 2, 2]);
    assert_eq!(figures(&world, run, &ITP).await, [1, 1, 1, 1]);
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let seen = last(&lead).await;
    let told = &seen["reconciliation"];
    assert_eq!((&told["balanced"], &told["checked"], &told["matched"]), (&json!(true), &json!(4), &json!(4)));
    assert_eq!((&told["open"], &told["signOffs"]), (&json!([]), &json!([])));
    let id = json!(GlobalId::of(&run));
    assert_eq!(told["id"], id);
    let signed = sign(&lead, &id).await;
    assert_eq!(signed["reconciliation"]["signOffs"], json!([{ "body": { "slug": "nztech" } }]));
    assert_eq!(sign(&lead, &id).await["userErrors"][0]["code"], "WRONG_STATUS");
    sign(&world.sign_in(&ITP_LEAD).await, &id).await;
    let seen = last(&lead).await["reconciliation"]["signOffs"].take();
    let who = |at: usize| (seen[at]["by"].clone(), seen[at]["lineCount"].clone());
    assert_eq!((who(0), who(1)), ((json!("Cara Dunn"), json!(3)), (json!("IT Professionals NZ"), json!(1))));
    for (member, sees) in [(&OFFICER, true), (&OBSERVER, true), (&NZTECH_ASSESSOR, false)] {
        let seen = last(&world.sign_in(member).await).await;
        assert_eq!(seen["reconciliation"] != Value::Null, sees, "{}", member.handle);
        assert_eq!(seen["reconciliations"] != Value::Null, sees, "{}", member.handle);
    }
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn what_does_not_agree_is_told_to_its_body_and_goes_away_once_mended(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let [_, _, itps] = listed(&cases).await;
    let set = async |status: AgencyStatus| {
        agency_case::Entity::update_many()
            .col_expr(agency_case::Column::Status, Expr::value(status))
            .filter(agency_case::Column::ApplicationId.eq(itps))
            .exec(world.conn())
            .await
            .expect("an update");
    };
    set(AgencyStatus::VisaGranted).await;
    for run in 1..=2 {
        cases.reconcile().await;
        let found = open(&world).await;
        let [row] = &found[..] else { panic!("{run}: {found:?}") };
        assert_eq!((row.kind, row.application_id), (DiscrepancyKind::StatusDiffers, Some(itps)));
    }
    let query = r#"{ discrepancies(classException: "specialist-tech") { nodes { kind ours theirs reference
        bodies { slug } allowedResolutions explanation } } }"#;
    let seen = async |member| {
        world.sign_in(member).await.data(query, json!({})).await["discrepancies"]["nodes"].take()
    };
    let told = seen(&ITP_LEAD).await[0].take();
    assert_eq!((&told["ours"], &told["theirs"]), (&json!("LISTED"), &json!("VISA_GRANTED")));
    assert_eq!(told["allowedResolutions"], json!(["KEEP_OURS", "RAISED_WITH_AGENCY"]));
    assert_eq!(seen(&NZTECH_LEAD).await, json!([]));
    // The agency sees what is said of its own record, and leaves it to the body.
    let officers = seen(&OFFICER).await[0].take();
    assert_eq!((&officers["theirs"], &officers["allowedResolutions"]), (&json!("VISA_GRANTED"), &json!([])));
    for (member, count) in [(&ITP_LEAD, 1), (&NZTECH_LEAD, 0), (&OFFICER, 1), (&OBSERVER, 1)] {
        let told = last(&world.sign_in(member).await).await["reconciliation"]["open"].take();
        assert_eq!(told.as_array().expect("counts").len(), count, "{}", member.handle);
    }
    set(AgencyStatus::Acknowledged).await;
    cases.reconcile().await;
    assert_eq!(open(&world).await, []);
    let closed = discrepancy::Entity::find().one(world.conn()).await.expect("a query").expect("a row");
    assert_eq!(closed.closed_because, Some(ClosedBecause::Mended));
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn nothing_is_signed_while_anything_is_open(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let [_, _, itps] = listed(&cases).await;
    let old = cases.reconcile().await;
    place::Entity::update_many()
        .col_expr(place::Column::State, Expr::value(PlaceState::Consumed))
        .filter(place::Column::ApplicationId.eq(itps))
        .exec(world.conn())
        .await
        .expect("an update");
    let run = cases.reconcile().await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    // Nothing of NZTech's is open, and it signs for nobody else.
    for id in [old, run] {
        let refused = sign(&lead, &json!(GlobalId::of(&id))).await;
        assert_eq!(refused["userErrors"][0]["code"], "OPEN_DISCREPANCIES");
        let told = format!("1 thing that does not agree is still open, and it is the turn of {}. ", ITP.name);
        let message = refused["userErrors"][0]["message"].as_str().expect("a message");
        assert!(message.starts_with(&told), "{message}");
    }
    let row = open(&world).await.remove(0);
    let input =
        json!({ "id": GlobalId::of(&row.id), "resolution": "RAISED_WITH_AGENCY", "note": "They know." });
    let resolved =
        payload(&world.sign_in(&ITP_LEAD).await, "resolveDiscrepancy", "discrepancy { status }", input).await;
    assert_eq!(resolved["discrepancy"]["status"], "RESOLVED");
    let refused = sign(&lead, &json!(GlobalId::of(&run))).await["userErrors"][0].take();
    assert_eq!(refused["code"], "OPEN_DISCREPANCIES");
    assert!(refused["message"].as_str().expect("a message").contains("nothing is any more"), "{refused}");
    let input = json!({ "classException": "specialist-tech" });
    let again = payload(&lead, "reconcile", "reconciliation { id balanced }", input).await;
    assert_eq!(again["reconciliation"]["balanced"], true, "what was settled stays settled: {again}");
    assert_eq!(sign(&lead, &json!(GlobalId::of(&old))).await["userErrors"][0]["code"], "STALE");
    assert_eq!(sign(&lead, &again["reconciliation"]["id"]).await["userErrors"], json!([]));
}

async fn a_run_makes_as_many_statements_whatever_it_reads(world: World) {
    let (watched, statements) = World::watched(world.settings.clone()).await;
    let cases = Caseload::new(&watched, |_| ()).await;
    let mut counts = Vec::new();
    for number in 0..3 {
        for more in 0..4 {
            cases.confirmed(&Wanted::new(&format!("N00000{number}{more}"))).await;
        }
        statements.take();
        cases.reconcile().await;
        counts.push(statements.take().len());
    }
    assert!(counts[0] < 50 && counts.iter().all(|count| *count == counts[0]), "{counts:?}");
    let nominated = watched.conn();
    let select = entity::application::Entity::find()
        .filter(entity::application::Column::Status.eq(ApplicationStatus::Nominated));
    assert_eq!(select.count(nominated).await.expect("a count"), 12);
}

async fn a_key_makes_one_run(world: World) {
    let _cases = Caseload::new(&world, |_| ()).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let input = json!({ "classException": "specialist-tech", "idempotencyKey": "one" });
    let mut ids = Vec::new();
    for _ in 0..2 {
        let run = payload(&lead, "reconcile", "reconciliation { id }", input.clone()).await;
        ids.push(run["reconciliation"]["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(last(&lead).await["reconciliations"]["totalCount"], 1);
}

async fn what_the_agency_told_is_found_again_until_it_agrees(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let [one, ..] = listed(&cases).await;
    let reference = world.application(one).await.reference;
    let told = SentLine {
        passport: Some((
            CountryCode::parse("IND").expect("a country"),
            PassportNumber::parse("Z1234567").expect("a number"),
        )),
        occupation_code: Some(ShortText::parse("261399").expect("a code")),
        ..line(&reference, AgencyStatus::Invited, world.now())
    };
    world.say("m-1", vec![told]).await.expect("a message");
    let marks = async || open(&world).await.into_iter().map(|row| row.mark).collect::<BTreeSet<_>>();
    let found = marks().await;
    assert_eq!(found.len(), 2);
    cases.reconcile().await;
    assert_eq!(marks().await, found, "the same two");
    // Whatever became of the rows, a run finds what they said.
    let closed =
        "UPDATE discrepancy SET status = 'RESOLVED', closed_because = 'MENDED', resolved_at = opened_at";
    world.conn().execute_unprepared(closed).await.expect("rows closed by hand");
    let run = cases.reconcile().await;
    assert_eq!(marks().await, found, "found again");
    let run =
        reconciliation::Entity::find_by_id(run).one(world.conn()).await.expect("a query").expect("a run");
    assert_eq!(run.checked - run.matched, 1);
    assert!(!run.balanced);

    // The agency tells what we have of the passport, and the other stands until people settle it.
    let ours = PassportNumber::parse("N0000001").expect("a number");
    let told = SentLine {
        passport: Some((CountryCode::parse("IND").expect("a country"), ours)),
        ..line(&reference, AgencyStatus::Invited, world.now())
    };
    assert_eq!(world.say("m-2", vec![told]).await.expect("a message").applied, 1);
    cases.reconcile().await;
    let left = open(&world).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].field.as_deref(), Some("occupationCode"));
    assert_eq!(check(&world.app).await.expect("a check"), []);
}
