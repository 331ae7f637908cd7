//! One worker through two applications: found at once, told to both bodies without either's caseload, settled by people of
//! both, and nobody left beside a free place.

use entity::{
    ApplicationId, ApplicationStatus, ClosedBecause, DiscrepancyStatus, Resolution, Severity, discrepancy,
};
use nominations::applications::actions::ReturnApplication;
use nominations::check::check;
use nominations::error::{Acted, Failure, UserErrorCode};
use nominations::reconciliation::actions::ResolveDiscrepancy;
use nominations::tenancy::{Member as Person, Permission, Viewer};
use nominations::values::reference::Reference;
use nominations::values::text::Text;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use super::support::caseload::{Caseload, Wanted, staff_scope};
use super::support::casework::payload;
use super::support::cast::{
    ITP, ITP_ASSESSOR, ITP_LEAD, KAURI_AGENT, Member, NZTECH_ASSESSOR, NZTECH_LEAD, OBSERVER, OFFICER, RATA,
    RATA_AGENT, Tenant,
};
use super::support::{Caller, World};

on_both_databases! {
    both_bodies_learn_of_the_other_application_and_of_nothing_else,
    who_has_no_part_in_it_learns_nothing,
    it_takes_a_lead_of_each_body_and_the_place_is_passed_on,
    a_lead_with_a_conflict_settles_nothing_of_the_employer,
    the_worker_chooses_and_leads_that_differ_change_nothing,
    two_workers_stay_two_until_what_they_match_by_changes,
    one_body_settles_its_own_pair_by_itself,
    a_pair_goes_away_with_the_end_of_either,
    a_shared_name_and_birthday_is_a_hint,
    one_passport_under_two_codes_is_one,
    two_that_come_at_once_are_found,
    leads_that_resolve_at_once_end_one_application,
}

const FIELDS: &str = "id kind severity status field reference otherReference allowedResolutions bodies { slug }
    proposals { body { slug } resolution chosen note } resolution chosen resolutionNote closedBecause explanation ours theirs";

/// The discrepancies that somebody sees.
async fn seen(caller: &Caller) -> Value {
    let query = format!(
        "{{ discrepancies(classException: \"specialist-tech\") {{ totalCount nodes {{ {FIELDS} }} }} }}"
    );
    caller.data(&query, json!({})).await["discrepancies"].take()
}

async fn rows(world: &World) -> Vec<discrepancy::Model> {
    let select = discrepancy::Entity::find().order_by_asc(discrepancy::Column::Id);
    select.all(world.conn()).await.expect("a query")
}

async fn reference(world: &World, id: ApplicationId) -> String {
    world.application(id).await.reference
}

/// To ITP, by Rata.
fn to_itp(passport: &str) -> Wanted<'_> {
    Wanted { body: &ITP, firm: &RATA, ..Wanted::new(passport) }
}

/// A lead says what to make of it.
async fn resolve(
    world: &World,
    lead: &Member,
    row: &discrepancy::Model,
    resolution: Resolution,
    chosen: Option<&str>,
) -> Acted<()> {
    let viewer = Viewer::signed_in(Person {
        membership: lead.membership(),
        person: lead.person(),
        role: lead.role,
        body: lead.body.map(Tenant::id),
        employers: [].into(),
    });
    let scope = viewer.to_reconcile().expect("a scope");
    let command = ResolveDiscrepancy {
        app: &world.app,
        scope: scope.clone(),
        id: row.id,
        resolution,
        chosen: chosen.map(|chosen| Reference::parse(chosen).expect("a reference")),
        note: Text::parse("The worker told us.").expect("a text"),
    };
    world.app.db.perform(&scope, None, &command).await.map(drop)
}

fn code(outcome: Acted<()>) -> Option<UserErrorCode> {
    match outcome {
        Ok(()) => None,
        Err(Failure::Refused(errors)) => Some(errors[0].code),
        Err(failure) => panic!("{failure}"),
    }
}

async fn is_clean(world: &World) {
    let told: Vec<String> =
        check(&world.app).await.expect("a check").iter().map(ToString::to_string).collect();
    assert_eq!(told, Vec::<String>::new());
}

/// Whether the body is told that there may be another.
async fn is_flagged(caller: &Caller, reference: &str) -> bool {
    let query = "query($it: String!) { application(reference: $it) { flags } }";
    let found = caller.data(query, json!({ "it": reference })).await;
    found["application"]["flags"].as_array().expect("flags").contains(&json!("POSSIBLE_DUPLICATE"))
}

async fn a_lead_with_a_conflict_settles_nothing_of_the_employer(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    cases.submitted(&Wanted::new("N0000001")).await;
    cases.submitted(&to_itp("N0000001")).await;
    let pair = rows(&world).await.remove(0);
    // Whose the other body's application is, is told to nobody: a conflict with that employer changes nothing.
    world.conflict(&NZTECH_LEAD, &RATA).await;
    let stands = Resolution::EarlierStands;
    assert_eq!(code(resolve(&world, &NZTECH_LEAD, &pair, stands, None).await), None);
    world.conflict(&ITP_LEAD, &RATA).await;
    for resolution in [stands, Resolution::NotADuplicate] {
        let refused = code(resolve(&world, &ITP_LEAD, &pair, resolution, None).await);
        assert_eq!(refused, Some(UserErrorCode::ConflictOfInterest));
    }
    assert_eq!(rows(&world).await.remove(0).status, DiscrepancyStatus::Open);
}

async fn both_bodies_learn_of_the_other_application_and_of_nothing_else(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let first = cases.submitted(&Wanted::new("N0000001")).await;
    assert_eq!(rows(&world).await, []);
    let second = cases.submitted(&to_itp("n 0000001")).await;
    let (first, second) = (reference(&world, first).await, reference(&world, second).await);
    for (lead, own, other) in [(&NZTECH_LEAD, &first, &second), (&ITP_LEAD, &second, &first)] {
        let caller = world.sign_in(lead).await;
        let seen = seen(&caller).await;
        assert_eq!(seen["totalCount"], 1);
        let one = &seen["nodes"][0];
        assert_eq!((&one["reference"], &one["otherReference"]), (&json!(own), &json!(other)));
        assert_eq!((&one["kind"], &one["severity"]), (&json!("SAME_WORKER"), &json!("HIGH")));
        assert_eq!(one["allowedResolutions"], json!(["WORKER_CHOSE", "EARLIER_STANDS", "NOT_A_DUPLICATE"]));
        assert_eq!((&one["ours"], &one["theirs"]), (&Value::Null, &Value::Null));
        let node = "query($id: ID!) { node(id: $id) { ... on Discrepancy { reference } } }";
        let node = caller.data(node, json!({ "id": one["id"] })).await;
        assert_eq!(node["node"]["reference"], json!(own));
        assert!(is_flagged(&caller, own).await);
        let query = "query($it: String!) { application(reference: $it) { id } }";
        assert_eq!(caller.data(query, json!({ "it": other })).await["application"], Value::Null);
    }
    is_clean(&world).await;
}

async fn who_has_no_part_in_it_learns_nothing(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    cases.submitted(&Wanted::new("N0000001")).await;
    cases.submitted(&to_itp("N0000001")).await;
    let mut own = cases.submitted(&Wanted::new("N0000002")).await;
    cases.submitted(&Wanted { firm: &RATA, ..Wanted::new("N0000002") }).await;
    let id = seen(&world.sign_in(&NZTECH_LEAD).await).await["nodes"][0]["id"].take();
    for member in [&KAURI_AGENT, &RATA_AGENT, &NZTECH_ASSESSOR, &ITP_ASSESSOR, &OBSERVER] {
        let caller = world.sign_in(member).await;
        assert_eq!(seen(&caller).await, Value::Null, "{}", member.handle);
        let node = caller.data("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
        assert_eq!(node["node"], Value::Null, "{}", member.handle);
    }
    // The pair within NZTech is none of ITP's, and neither is the agency's.
    assert_eq!(seen(&world.sign_in(&ITP_LEAD).await).await["totalCount"], 1);
    assert_eq!(seen(&world.sign_in(&OFFICER).await).await["totalCount"], 0);
    for (member, refused) in [(&ITP_LEAD, "NOT_FOUND"), (&OFFICER, "NOT_FOUND"), (&OBSERVER, "NOT_PERMITTED")]
    {
        let input = json!({ "id": id, "resolution": "NOT_A_DUPLICATE", "note": "No." });
        let caller = world.sign_in(member).await;
        let answer = payload(&caller, "resolveDiscrepancy", "discrepancy { id }", input).await;
        assert_eq!(answer["userErrors"][0]["code"], refused, "{}", member.handle);
    }
    // No employer reads of it, not even in what becomes of its application.
    let pair = rows(&world).await;
    let within = pair.iter().find(|row| row.other_body_id == row.body_id).expect("a pair within a body");
    resolve(&world, &NZTECH_LEAD, within, Resolution::EarlierStands, None).await.expect("a resolution");
    if world.application(own).await.status != ApplicationStatus::Withdrawn {
        own = within.other_application_id.expect("the other");
    }
    let agent = world.sign_in(&RATA_AGENT).await;
    let query = "query($it: String!) { application(reference: $it) { status endReason flags
        timeline(first: 50) { nodes { kind summary actor } } } }";
    let told = agent.data(query, json!({ "it": reference(&world, own).await })).await.to_string();
    assert!(told.contains("WITHDRAWN_WITHOUT_PREJUDICE") && told.contains("without prejudice"), "{told}");
    for word in ["uplicate", "iscrepancy", "other application", "DISCREPANCY"] {
        assert!(!told.contains(word), "{told}");
    }
}

async fn it_takes_a_lead_of_each_body_and_the_place_is_passed_on(world: World) {
    let cases = Caseload::new(&world, |definition| definition.settings.places = 1).await;
    // Submitted first, and confirmed after the other had taken the only place.
    let early = cases.recommended(&Wanted::new("N0000001")).await;
    let late = cases.confirmed(&to_itp("N0000001")).await;
    world.confirm(&world.application(early).await).await.expect("a confirmation");
    let status = async |id| world.application(id).await.status;
    assert_eq!(
        (status(early).await, status(late).await),
        (ApplicationStatus::Confirmed, ApplicationStatus::Nominated)
    );
    let row = rows(&world).await.remove(0);
    resolve(&world, &NZTECH_LEAD, &row, Resolution::EarlierStands, None).await.expect("a proposal");
    assert_eq!(status(late).await, ApplicationStatus::Nominated);
    let seen = seen(&world.sign_in(&ITP_LEAD).await).await["nodes"][0].take();
    let proposed = json!([{ "body": { "slug": "nztech" }, "resolution": "EARLIER_STANDS",
        "chosen": reference(&world, early).await, "note": null }]);
    assert_eq!((&seen["status"], &seen["proposals"]), (&json!("OPEN"), &proposed));
    // Saying it twice is not two who say it.
    resolve(&world, &NZTECH_LEAD, &row, Resolution::EarlierStands, None).await.expect("a proposal");
    assert_eq!(status(late).await, ApplicationStatus::Nominated);
    resolve(&world, &ITP_LEAD, &row, Resolution::EarlierStands, None).await.expect("a resolution");
    assert_eq!(
        (status(early).await, status(late).await),
        (ApplicationStatus::Nominated, ApplicationStatus::Withdrawn)
    );
    let again = resolve(&world, &ITP_LEAD, &row, Resolution::EarlierStands, None).await;
    assert_eq!(code(again), Some(UserErrorCode::WrongStatus));
    is_clean(&world).await;
}

async fn the_worker_chooses_and_leads_that_differ_change_nothing(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let first = cases.submitted(&Wanted::new("N0000001")).await;
    let second = cases.submitted(&to_itp("N0000001")).await;
    let row = rows(&world).await.remove(0);
    let (one, two) = (reference(&world, first).await, reference(&world, second).await);
    let choose = async |lead, chosen| resolve(&world, lead, &row, Resolution::WorkerChose, chosen).await;
    assert_eq!(code(choose(&NZTECH_LEAD, None).await), Some(UserErrorCode::Required));
    assert_eq!(code(choose(&NZTECH_LEAD, Some("NZT-7K4Q2H")).await), Some(UserErrorCode::Invalid));
    choose(&NZTECH_LEAD, Some(&one)).await.expect("a proposal");
    choose(&ITP_LEAD, Some(&two)).await.expect("another proposal");
    let kept = resolve(&world, &ITP_LEAD, &row, Resolution::KeepOurs, None).await;
    assert_eq!(code(kept), Some(UserErrorCode::Invalid));
    for id in [first, second] {
        assert_eq!(world.application(id).await.status, ApplicationStatus::Submitted);
    }
    choose(&NZTECH_LEAD, Some(&two)).await.expect("an agreement");
    assert_eq!(world.application(first).await.status, ApplicationStatus::Withdrawn);
    assert_eq!(world.application(second).await.status, ApplicationStatus::Submitted);
    let row = rows(&world).await.remove(0);
    assert_eq!((row.status, row.chosen_id), (DiscrepancyStatus::Resolved, Some(second)));
    for (lead, note) in [(&NZTECH_LEAD, json!("The worker told us.")), (&ITP_LEAD, Value::Null)] {
        assert_eq!(seen(&world.sign_in(lead).await).await["nodes"][0]["resolutionNote"], note);
    }
    is_clean(&world).await;
}

async fn two_workers_stay_two_until_what_they_match_by_changes(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let first = cases.submitted(&Wanted::new("N0000001")).await;
    let second = cases.submitted(&to_itp("N0000001")).await;
    let row = rows(&world).await.remove(0);
    for lead in [&NZTECH_LEAD, &ITP_LEAD] {
        resolve(&world, lead, &row, Resolution::NotADuplicate, None).await.expect("agreement");
    }
    let lead = world.sign_in(&NZTECH_LEAD).await;
    assert!(!is_flagged(&lead, &reference(&world, first).await).await);
    // Handed in again with the same passport, it is still two.
    let again = async |id: ApplicationId, lead: &Member, agent: &Member, passport: &str| {
        let scope = staff_scope(lead, Permission::Confirm);
        let version = world.application(id).await.version;
        let note = Text::parse("The duties are missing.").expect("a text");
        let command = ReturnApplication { app: &world.app, scope: scope.clone(), id, version, note };
        world.app.db.perform(&scope, None, &command).await.expect("a return");
        let name = agent.name;
        let agent = world.sign_in(agent).await;
        let id = nominations::schema::GlobalId::of(&id);
        let change = json!({ "id": id, "version": version + 1, "worker": worker(passport, name) });
        let changed = payload(&agent, "updateApplication", "application { version }", change).await;
        let version = &changed["application"]["version"];
        let hand_in = json!({ "id": id, "version": version, "declaration": true });
        let done = payload(&agent, "submitApplication", "application { id }", hand_in).await;
        assert_eq!((&changed["userErrors"], &done["userErrors"]), (&json!([]), &json!([])));
    };
    again(second, &ITP_LEAD, &RATA_AGENT, "N0000001").await;
    assert_eq!(rows(&world).await.len(), 1);
    again(first, &NZTECH_LEAD, &KAURI_AGENT, "N0000009").await;
    assert_eq!(rows(&world).await.len(), 1);
    again(second, &ITP_LEAD, &RATA_AGENT, "N0000009").await;
    let open: Vec<_> =
        rows(&world).await.into_iter().filter(|row| row.status == DiscrepancyStatus::Open).collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].mark, row.mark);
    assert!(is_flagged(&lead, &reference(&world, first).await).await);
    is_clean(&world).await;
}

fn worker(passport: &str, name: &str) -> Value {
    json!({
        "familyName": "Rao", "givenNames": name, "dateOfBirth": "1990-06-01",
        "nationality": "IND", "email": "asha@example.com", "passportIssuingState": "IND",
        "passportNumber": passport, "passportExpiresOn": "2030-06-01", "offshore": true,
    })
}

async fn one_body_settles_its_own_pair_by_itself(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let first = cases.confirmed(&Wanted::new("N0000001")).await;
    let second = cases.submitted(&Wanted { firm: &RATA, ..Wanted::new("N0000001") }).await;
    let row = rows(&world).await.remove(0);
    assert_eq!(row.other_body_id, row.body_id);
    resolve(&world, &NZTECH_LEAD, &row, Resolution::EarlierStands, None).await.expect("a resolution");
    assert_eq!(world.application(first).await.status, ApplicationStatus::Nominated);
    assert_eq!(world.application(second).await.status, ApplicationStatus::Withdrawn);
    is_clean(&world).await;
}

async fn a_pair_goes_away_with_the_end_of_either(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let first = cases.confirmed(&Wanted::new("N0000001")).await;
    cases.submitted(&to_itp("N0000001")).await;
    cases.submitted(&Wanted { firm: &RATA, ..Wanted::new("N0000001") }).await;
    assert_eq!(rows(&world).await.len(), 3);
    world.take_back(first).await.expect("a revocation");
    let (open, closed): (Vec<_>, Vec<_>) =
        rows(&world).await.into_iter().partition(|row| row.status == DiscrepancyStatus::Open);
    assert_eq!((open.len(), closed.len()), (1, 2));
    for row in closed {
        assert_eq!((row.closed_because, row.resolution), (Some(ClosedBecause::CaseEnded), None));
        assert!([row.application_id, row.other_application_id].contains(&Some(first)));
    }
    is_clean(&world).await;
}

async fn a_shared_name_and_birthday_is_a_hint(world: World) {
    let _cases = Caseload::new(&world, |_| ()).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    for (number, body, family) in
        [("N0000001", "nztech", "Ōkawa"), ("N0000002", "itp", "OKAWA"), ("N0000003", "itp", "Okada")]
    {
        let mut input = super::support::casework::complete();
        input["body"] = json!(body);
        input["worker"]["passportNumber"] = json!(number);
        input["worker"]["familyName"] = json!(family);
        super::support::casework::submitted(&agent, input).await;
    }
    let found = rows(&world).await;
    let [hint] = &found[..] else { panic!("{found:?}") };
    assert_eq!((hint.severity, hint.field.as_deref()), (Severity::Low, Some("nameAndDateOfBirth")));
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let seen = seen(&lead).await["nodes"][0].take();
    assert_eq!(seen["severity"], "LOW");
    let own = seen["reference"].as_str().expect("a reference");
    assert!(!is_flagged(&lead, own).await, "a hint is no flag");
    for lead in [&NZTECH_LEAD, &ITP_LEAD] {
        resolve(&world, lead, hint, Resolution::NotADuplicate, None).await.expect("agreement");
    }
    assert_eq!(rows(&world).await[0].status, DiscrepancyStatus::Resolved);
    is_clean(&world).await;
}

async fn one_passport_under_two_codes_is_one(world: World) {
    let _cases = Caseload::new(&world, |_| ()).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    for (state, body, given) in
        [("CHN", "nztech", "Tai Man"), ("HKG", "itp", "Siu-Ming"), ("TWN", "itp", "Tai-Man")]
    {
        let mut input = super::support::casework::complete();
        input["body"] = json!(body);
        input["worker"]["passportNumber"] = json!("K01234567");
        input["worker"]["passportIssuingState"] = json!(state);
        input["worker"]["givenNames"] = json!(given);
        super::support::casework::submitted(&agent, input).await;
    }
    let found: Vec<_> = rows(&world).await.into_iter().map(|row| (row.severity, row.field)).collect();
    let by = |field: &str| Some(field.to_owned());
    assert_eq!(found, [(Severity::High, by("passportNumber")), (Severity::Low, by("nameAndDateOfBirth"))]);
    is_clean(&world).await;
}

async fn two_that_come_at_once_are_found(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let other = world.another().await;
    for number in 0..10 {
        let passport = format!("N100000{number}");
        let (one, two) = (cases.draft(&Wanted::new(&passport)).await, cases.draft(&to_itp(&passport)).await);
        let submit = async |world: &World, id, firm| {
            let scope = super::support::caseload::agent_scope(firm);
            let command = nominations::applications::actions::SubmitApplication {
                app: &world.app,
                scope: scope.clone(),
                id,
                version: 1,
                declaration: true,
                told_on: None,
            };
            world.app.db.perform(&scope, None, &command).await.expect("a submission");
        };
        tokio::join!(submit(&world, one, &super::support::cast::KAURI), submit(&other, two, &RATA));
        assert_eq!(rows(&world).await.len(), number + 1);
    }
    is_clean(&world).await;
}

async fn leads_that_resolve_at_once_end_one_application(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let other = world.another().await;
    for number in 0..10 {
        let passport = format!("N200000{number}");
        let first = cases.confirmed(&Wanted::new(&passport)).await;
        let second = cases.submitted(&to_itp(&passport)).await;
        let all = rows(&world).await;
        let row = all.iter().find(|row| row.status == DiscrepancyStatus::Open).expect("an open one").clone();
        let (mine, theirs) = tokio::join!(
            resolve(&world, &NZTECH_LEAD, &row, Resolution::EarlierStands, None),
            resolve(&other, &ITP_LEAD, &row, Resolution::EarlierStands, None)
        );
        mine.expect("a lead's word");
        theirs.expect("the other lead's word");
        assert_eq!(world.application(first).await.status, ApplicationStatus::Nominated);
        assert_eq!(world.application(second).await.status, ApplicationStatus::Withdrawn);
    }
    is_clean(&world).await;
}
