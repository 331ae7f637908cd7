//! Records of evidence between the two sides: what stays once the body goes by it, and who learns what of it.

use std::time::Duration;

use entity::{
    ApplicationId, ApplicationStatus, EvidenceId, EvidenceKind, application as table, evidence as records,
};
use nominations::applications::actions::{AddEvidence, RemoveEvidence, SubmitApplication, VerifyEvidence};
use nominations::applications::details::NewEvidence;
use nominations::db::{Command, Tx};
use nominations::error::{Acted, Failure, UserErrorCode};
use nominations::tenancy::{Permission, Scope};
use nominations::values::text::Line;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::support::caseload::{Caseload, Wanted, agent_scope, staff_scope};
use super::support::casework::{Case, SPECIALIST_TECH, application, apply, complete, current, done, refusal};
use super::support::cast::{KAURI, KAURI_AGENT, NZTECH_ASSESSOR};
use super::support::{Caller, World};

on_both_databases! {
    a_record_that_counts_at_the_body_is_not_taken_from_under_it,
    a_draft_is_held_against_the_criteria_of_today,
    what_was_found_of_a_shared_record_stays_with_the_body,
    a_record_that_is_being_looked_at_stays,
    a_record_that_is_being_taken_out_is_not_there,
    a_record_that_is_being_handed_in_stays,
}

/// A record of the employer, for all of its applications to the body.
fn of_the_employer() -> Value {
    json!({ "kind": "MEMBERSHIP", "title": "NZRise", "ofEmployer": true })
}

/// The first record that counts for an application.
async fn record_of(caller: &Caller, case: &Case) -> Value {
    application(caller, case, "evidence { id }").await["evidence"][0]["id"].take()
}

/// Puts every application that is in one status into another, behind the service's back.
async fn all_become(world: &World, from: ApplicationStatus, to: ApplicationStatus) {
    let update = table::Entity::update_many()
        .col_expr(table::Column::Status, Expr::value(to))
        .filter(table::Column::Status.eq(from));
    update.exec(world.conn()).await.expect("an update");
}

async fn a_record_that_counts_at_the_body_is_not_taken_from_under_it(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let case = done(&agent, "createApplication", complete()).await;
    let case = done(&agent, "addEvidence", case.with(of_the_employer())).await;
    let shared = record_of(&agent, &case).await;
    done(&agent, "submitApplication", case.with(json!({ "declaration": true }))).await;

    let draft = done(&agent, "createApplication", complete()).await;
    let remove = |case: &Case, record: &Value| case.with(json!({ "evidence": record }));
    let stays = [("WRONG_STATUS".to_owned(), vec!["evidence".to_owned()])];
    assert_eq!(refusal(&agent, "removeEvidence", remove(&draft, &shared)).await, stays);
    // What is the draft's own counts nowhere else.
    world.wait_minutes(1);
    let letter = json!({ "kind": "OTHER", "title": "A letter" });
    let draft = done(&agent, "addEvidence", draft.with(letter)).await;
    let own = application(&agent, &draft, "evidence { id }").await["evidence"][1]["id"].take();
    let draft = done(&agent, "removeEvidence", remove(&draft, &own)).await;

    all_become(&world, ApplicationStatus::Submitted, ApplicationStatus::Recommended).await;
    assert_eq!(refusal(&agent, "removeEvidence", remove(&draft, &shared)).await, stays);
    all_become(&world, ApplicationStatus::Recommended, ApplicationStatus::Withdrawn).await;
    done(&agent, "removeEvidence", remove(&current(&agent, &draft).await, &shared)).await;
}

async fn a_draft_is_held_against_the_criteria_of_today(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let draft = done(&agent, "createApplication", complete()).await;
    let renamed = SPECIALIST_TECH.replace("\"industry-body\"", "\"membership\"");
    apply(&world, &renamed).await;
    let record = |criterion: &str| json!({ "kind": "OTHER", "title": "A letter", "criterion": criterion });
    let unknown = [("INVALID".to_owned(), vec!["criterion".to_owned()])];
    assert_eq!(refusal(&agent, "addEvidence", draft.with(record("industry-body"))).await, unknown);
    let draft = done(&agent, "addEvidence", draft.with(record("membership"))).await;
    // What was handed in goes by the terms of that day.
    let case = done(&agent, "submitApplication", draft.with(json!({ "declaration": true }))).await;
    apply(&world, SPECIALIST_TECH).await;
    assert_eq!(refusal(&agent, "addEvidence", case.with(record("industry-body"))).await, unknown);
    done(&agent, "addEvidence", case.with(record("membership"))).await;
}

async fn what_was_found_of_a_shared_record_stays_with_the_body(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let case = done(&agent, "createApplication", complete()).await;
    let case = done(&agent, "addEvidence", case.with(of_the_employer())).await;
    let programme = json!({ "kind": "PROGRAMME", "title": "Summer of Tech", "ofEmployer": true });
    let case = done(&agent, "addEvidence", case.with(programme)).await;
    let shared = record_of(&agent, &case).await;
    let case = done(&agent, "submitApplication", case.with(json!({ "declaration": true }))).await;

    let draft = done(&agent, "createApplication", complete()).await;
    let fields = "flags eligibility { criteria { criterion outcome reasons } }";
    let before = application(&agent, &draft, fields).await;
    assert_eq!(before["flags"], json!([]));
    let look = json!({ "evidence": shared, "genuine": false });
    assert_eq!(refusal(&assessor, "verifyEvidence", look).await, []);
    assert_eq!(application(&agent, &draft, fields).await, before);
    assert_eq!(application(&assessor, &case, "flags").await["flags"], json!(["EVIDENCE_MISSING"]));

    // Nor does handing the other in tell it.
    let other = done(&agent, "submitApplication", draft.with(json!({ "declaration": true }))).await;
    assert_eq!(application(&agent, &other, fields).await, before);
    // Both are for one worker.
    let flags = json!(["POSSIBLE_DUPLICATE", "EVIDENCE_MISSING"]);
    assert_eq!(application(&assessor, &other, "flags").await["flags"], flags);
}

/// An act that has happened and waits a while before it is kept, so that another comes in between.
struct Slow<'a, C> {
    act: &'a C,
    happened: Notify,
}

impl<C: Command> Command for Slow<'_, C> {
    type Answer = C::Answer;
    const NAME: &'static str = "slow";

    async fn run(&self, tx: &Tx) -> Acted<C::Answer> {
        let answer = self.act.run(tx).await?;
        self.happened.notify_one();
        tokio::time::sleep(Duration::from_millis(300)).await;
        Ok(answer)
    }
}

/// Does `second` while `first` has happened and is not kept yet, and answers with the code that it is refused with.
async fn in_between<F: Command, S: Command>(
    world: &World,
    (by_first, first): (&impl Scope, &F),
    (by_second, second): (&impl Scope, &S),
) -> Option<UserErrorCode> {
    let slow = Slow { act: first, happened: Notify::new() };
    let second = async {
        slow.happened.notified().await;
        world.app.db.perform(by_second, None, second).await
    };
    let (first, second) =
        tokio::join!(Box::pin(world.app.db.perform(by_first, None, &slow)), Box::pin(second));
    first.map(drop).expect("the first act");
    match second {
        Ok(_) => None,
        Err(Failure::Refused(errors)) => errors.first().map(|error| error.code),
        Err(failure) => panic!("a fault: {failure}"),
    }
}

/// A case with a record of the employer that the body sees and nothing keeps, since the case was returned.
async fn returned_with_a_record(cases: &Caseload<'_>) -> (ApplicationId, EvidenceId) {
    let id = cases.submitted(&Wanted::new("N1234567")).await;
    all_become(cases, ApplicationStatus::Submitted, ApplicationStatus::Returned).await;
    (id, shared_record(cases, id).await)
}

/// Adds a record of the employer to its application.
async fn shared_record(cases: &Caseload<'_>, id: ApplicationId) -> EvidenceId {
    let scope = agent_scope(&KAURI);
    let record = NewEvidence {
        kind: EvidenceKind::Membership,
        criterion: None,
        title: Line::parse("NZRise").expect("a title"),
        issuer: None,
        reference: None,
        url: None,
        valid_from: None,
        expires_on: None,
        of_employer: true,
    };
    let version = cases.application(id).await.version;
    let add = AddEvidence { app: &cases.app, scope: scope.clone(), id, version, record };
    cases.app.db.perform(&scope, None, &add).await.expect("a record");
    records::Entity::find().one(cases.conn()).await.expect("a query").expect("a record").id
}

async fn removal<'a>(cases: &'a Caseload<'_>, id: ApplicationId, evidence: EvidenceId) -> RemoveEvidence<'a> {
    let version = cases.application(id).await.version;
    RemoveEvidence { app: &cases.app, scope: agent_scope(&KAURI), id, version, evidence }
}

fn look<'a>(cases: &'a Caseload<'_>, evidence: EvidenceId) -> VerifyEvidence<'a> {
    let scope = staff_scope(&NZTECH_ASSESSOR, Permission::Assess);
    VerifyEvidence { app: &cases.app, scope, evidence, genuine: true, expires_on: None, note: None }
}

async fn a_record_that_is_being_looked_at_stays(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let (id, record) = returned_with_a_record(&cases).await;
    let (look, remove) = (look(&cases, record), removal(&cases, id, record).await);
    let refused = in_between(&world, (&look.scope, &look), (&remove.scope, &remove)).await;
    assert_eq!(refused, Some(UserErrorCode::WrongStatus));
}

async fn a_record_that_is_being_taken_out_is_not_there(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let (id, record) = returned_with_a_record(&cases).await;
    let (look, remove) = (look(&cases, record), removal(&cases, id, record).await);
    let refused = in_between(&world, (&remove.scope, &remove), (&look.scope, &look)).await;
    assert_eq!(refused, Some(UserErrorCode::NotFound));
}

async fn a_record_that_is_being_handed_in_stays(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let id = cases.draft(&Wanted::new("N1234567")).await;
    let other = cases.draft(&Wanted::new("N7654321")).await;
    let record = shared_record(&cases, id).await;
    let (scope, version) = (agent_scope(&KAURI), cases.application(id).await.version);
    let submit = SubmitApplication { app: &cases.app, scope, id, version, declaration: true, told_on: None };
    let remove = removal(&cases, other, record).await;
    let refused = in_between(&world, (&submit.scope, &submit), (&remove.scope, &remove)).await;
    assert_eq!(refused, Some(UserErrorCode::WrongStatus));
}
