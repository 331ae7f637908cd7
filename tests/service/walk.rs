//! Every state x act x role, through the API: what the table of acts allows is done and leads to where it says, and all
//! else answers its code and changes nothing.

use entity::{ApplicationId, ApplicationStatus, StaffRole};
use nominations::applications::rules::{Action, LAWS, Law, Whose};
use nominations::schema::GlobalId;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::support::acts::{Target, act, document, input, send};
use super::support::caseload::{Caseload, Wanted};
use super::support::cast::{
    ITP_LEAD, KAURI, KAURI_AGENT, Member, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SECOND,
    NZTECH_SERVICE, OBSERVER, OFFICER, RATA_AGENT,
};
use super::support::{Caller, World};

on_both_databases! { every_act_in_every_state_by_every_role_is_as_the_table_says }

/// Who tries: the first three are those that an act may be of, the others never. The lead is NZTech's second person, who
/// took no part so far.
const WALKERS: [&Member; 8] = [
    &KAURI_AGENT,
    &NZTECH_ASSESSOR,
    &NZTECH_SECOND,
    &NZTECH_SERVICE,
    &ITP_LEAD,
    &RATA_AGENT,
    &OFFICER,
    &OBSERVER,
];

/// The mutation of an act. An application is taken without naming it, which is told by `availableActions` alone.
fn mutation_of(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::Take => return None,
        Action::Update => "updateApplication",
        Action::AddEvidence => "addEvidence",
        Action::RemoveEvidence => "removeEvidence",
        Action::Submit => "submitApplication",
        Action::Withdraw => "withdrawApplication",
        Action::ReplaceWorker => "replaceWorker",
        Action::Answer => "answerInformationRequest",
        Action::Assign => "assignApplications",
        Action::DeclareConflict => "declareConflict",
        Action::Assess => "recordAssessment",
        Action::VerifyEvidence => "verifyEvidence",
        Action::RequestInformation => "requestInformation",
        Action::CancelInformationRequest => "cancelInformationRequest",
        Action::Recommend => "recommend",
        Action::Confirm => "confirm",
        Action::Decline => "decline",
        Action::SendBack => "sendBack",
        Action::Return => "returnApplication",
        Action::Reconsider => "reconsider",
        Action::Hold => "holdApplication",
        Action::ReleaseHold => "releaseHold",
        Action::Revoke => "revokeNomination",
        Action::Amend => "amendNomination",
        Action::ConfirmAmendment => "confirmAmendment",
    })
}

struct Walk<'a> {
    cases: Caseload<'a>,
    agent: Caller,
    assessor: Caller,
    lead: Caller,
    made: u32,
}

async fn every_act_in_every_state_by_every_role_is_as_the_table_says(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    plant(&world, "UPDATE membership SET role = 'LEAD' WHERE person_id = (SELECT id FROM person WHERE handle = 'nztech-second')").await;
    let mut walk = Walk {
        agent: world.sign_in(&KAURI_AGENT).await,
        assessor: world.sign_in(&NZTECH_ASSESSOR).await,
        lead: world.sign_in(&NZTECH_LEAD).await,
        cases,
        made: 0,
    };
    let mut done = 0;
    for status in ApplicationStatus::all() {
        for law in &LAWS {
            done += walk.try_all(status, law).await;
        }
    }
    // Each pair of a state and an act is allowed to one or two of the roles.
    let pairs: usize = LAWS.iter().filter(|law| law.action != Action::Take).map(|law| law.from.len()).sum();
    assert!(done >= pairs, "{done} of {pairs} were done");
}

async fn plant(world: &World, sql: &str) {
    let statement = Statement::from_string(world.app.db.backend(), sql);
    world.conn().execute_raw(statement).await.expect("a change by hand");
}

impl Walk<'_> {
    /// Everybody tries one act on an application in one state; how often it was done.
    async fn try_all(&mut self, status: ApplicationStatus, law: &Law) -> usize {
        let Some(mutation) = mutation_of(law.action) else { return 0 };
        let mut target = self.make(status, law.action).await;
        let public = self.cases.world.anybody();
        let asked = json!({ "input": input_of(law.action, &target) });
        assert_eq!(public.ask(&document(mutation), &asked).await.code(), "UNAUTHENTICATED", "{mutation}");
        let mut done = 0;
        for who in WALKERS {
            let caller = self.cases.sign_in(who).await;
            let sees = sees(who, status);
            let allowed = law.from.contains(&status) && whose(law.whose, who) && sees;
            let before = self.state(&target).await;
            let payload = send(&caller, mutation, &input_of(law.action, &target)).await;
            let what = format!("{:?} of {} by {}", law.action, status.word(), who.handle);
            if allowed {
                assert_eq!(payload["userErrors"], json!([]), "{what}");
                let after = self.cases.application(id_of(&target)).await.status;
                assert!(law.leads(status, after), "{what} led to {after:?}");
                done += 1;
                plant(self.cases.world, "DELETE FROM conflict").await;
                target = self.make(status, law.action).await;
            } else {
                let code = payload["userErrors"][0]["code"].as_str().unwrap_or_default();
                assert_eq!(code, refusal(law, status, who), "{what}: {payload}");
                assert_eq!(self.state(&target).await, before, "{what} changed something");
            }
        }
        done
    }

    /// Everything that a refused act must leave alone.
    async fn state(&self, target: &Target) -> (entity::application::Model, Vec<(String, i64)>) {
        let mut rows = self.cases.count_rows().await;
        rows.retain(|(table, _)| table != "session");
        (self.cases.application(id_of(target)).await, rows)
    }

    /// An application in a state, with what the act is about.
    async fn make(&mut self, status: ApplicationStatus, action: Action) -> Target {
        use ApplicationStatus as Status;
        self.made += 1;
        // Every application takes a minute, and a sign-in ends after some.
        self.agent = self.cases.sign_in(&KAURI_AGENT).await;
        self.assessor = self.cases.sign_in(&NZTECH_ASSESSOR).await;
        self.lead = self.cases.sign_in(&NZTECH_LEAD).await;
        let passport = format!("W{:07}", self.made);
        let wanted = Wanted::new(&passport);
        let cases = &self.cases;
        let declines =
            status == Status::Declined || (action == Action::Decline && status == Status::Recommended);
        let id = match status {
            Status::Draft => cases.draft(&wanted).await,
            Status::Submitted => cases.submitted(&wanted).await,
            Status::InAssessment | Status::InformationRequested | Status::Returned => {
                cases.in_assessment(&wanted, 1).await
            }
            Status::Recommended | Status::Declined if declines => cases.in_assessment(&wanted, 1).await,
            Status::Recommended | Status::Declined => cases.recommended(&wanted).await,
            Status::Confirmed
            | Status::Nominated
            | Status::Withdrawn
            | Status::Revoked
            | Status::Lapsed
            | Status::Superseded => cases.confirmed(&wanted).await,
        };
        let mut target = self.target(id, &passport).await;
        self.bring_to(status, declines, &mut target).await;
        self.make_ready(status, action, &mut target).await;
        target.version = self.cases.application(id).await.version.into();
        target
    }

    async fn target(&self, id: ApplicationId, passport: &str) -> Target {
        Target {
            body: NZTECH.slug.to_owned(),
            nzbn: KAURI.nzbn.to_owned(),
            application: GlobalId::of(&id).to_string(),
            reference: self.cases.application(id).await.reference,
            version: self.cases.application(id).await.version.into(),
            evidence: String::new(),
            person: GlobalId::of(&NZTECH_ASSESSOR.person()).to_string(),
            question: GlobalId::of(&entity::InformationRequestId(uuid::Uuid::nil())).to_string(),
            amendment: GlobalId::of(&entity::AmendmentId(uuid::Uuid::nil())).to_string(),
            discrepancy: String::new(),
            reconciliation: String::new(),
            interest: String::new(),
            release: String::new(),
            ballot: String::new(),
            word: "Walk".to_owned(),
            passport: passport.replace('W', "X"),
        }
    }

    async fn bring_to(&self, status: ApplicationStatus, declines: bool, target: &mut Target) {
        use ApplicationStatus as Status;
        if declines {
            let advice = json!({
                "id": target.application, "version": target.version, "outcome": "DECLINE", "reasons": ["OTHER"],
            });
            self.act(&self.assessor, "recommend", advice, target).await;
        }
        match status {
            Status::InformationRequested => {
                let asked = input("requestInformation", target);
                self.act(&self.assessor, "requestInformation", asked, target).await;
                let found = self.look(target, "informationRequests { id }").await;
                target.question = text(&found["informationRequests"][0]["id"]);
            }
            Status::Returned => self.simply("returnApplication", target).await,
            Status::Declined => self.simply("decline", target).await,
            Status::Revoked => self.simply("revokeNomination", target).await,
            Status::Withdrawn | Status::Lapsed | Status::Superseded => {
                let withdrawal = input("withdrawApplication", target);
                act(&self.agent, "withdrawApplication", &withdrawal).await;
                self.name(status, target).await;
            }
            Status::Confirmed => self.take_place_away(target).await,
            Status::Draft
            | Status::Submitted
            | Status::InAssessment
            | Status::Recommended
            | Status::Nominated => {}
        }
    }

    /// An end that no act on the application itself leads to: told by hand.
    async fn name(&self, status: ApplicationStatus, target: &Target) {
        let reference = self.cases.application(id_of(target)).await.reference;
        let sql =
            format!("UPDATE application SET status = '{}' WHERE reference = '{reference}'", status.word());
        plant(self.cases.world, &sql).await;
    }

    /// Confirmed and without a place, since its worker holds one already: by hand, as if it waited.
    async fn take_place_away(&self, target: &Target) {
        let reference = self.cases.application(id_of(target)).await.reference;
        let own = format!("(SELECT id FROM application WHERE reference = '{reference}')");
        for sql in [
            format!(
                "INSERT INTO queue_entry (application_id, exception_id, body_id, employer_id, band, submitted_at, \
                 on_hold) SELECT id, exception_id, body_id, employer_id, 1, submitted_at, FALSE FROM application \
                 WHERE reference = '{reference}'"
            ),
            format!(
                "UPDATE place SET state = 'RETIRED', application_id = NULL, body_id = NULL, employer_id = NULL \
                 WHERE application_id = {own}"
            ),
            format!("UPDATE application SET status = 'CONFIRMED' WHERE reference = '{reference}'"),
        ] {
            plant(self.cases.world, &sql).await;
        }
    }

    /// What an act needs beside the state.
    async fn make_ready(&self, status: ApplicationStatus, action: Action, target: &mut Target) {
        let allowed = action.law().from.contains(&status);
        match action {
            Action::RemoveEvidence | Action::VerifyEvidence => {
                let evidence = entity::EvidenceId(uuid::Uuid::from_u128(0x7000_0000 + u128::from(self.made)));
                let reference = self.cases.application(id_of(target)).await.reference;
                let id = match self.cases.app.db.backend() {
                    sea_orm::DbBackend::Postgres => format!("'{}'", evidence.0),
                    _ => format!("X'{}'", evidence.0.simple()),
                };
                let sql = format!(
                    "INSERT INTO evidence (id, body_id, employer_id, application_id, kind, title, created_at) SELECT \
                     {id}, body_id, employer_id, id, 'OTHER', 'A record', created_at FROM application WHERE \
                     reference = '{reference}'"
                );
                plant(self.cases.world, &sql).await;
                target.evidence = GlobalId::of(&evidence).to_string();
            }
            Action::ReleaseHold if allowed => self.simply("holdApplication", target).await,
            Action::ConfirmAmendment if allowed => {
                let change = json!({
                    "id": target.application, "version": target.version, "reason": "A typo.", "jobTitle": "Coder",
                });
                self.act(&self.assessor, "amendNomination", change, target).await;
                let found = self.look(target, "pendingAmendment { id }").await;
                target.amendment = text(&found["pendingAmendment"]["id"]);
            }
            _ => {}
        }
    }

    /// The lead who is nobody's walker does something.
    async fn simply(&self, mutation: &str, target: &mut Target) {
        let sent = input(mutation, target);
        self.act(&self.lead, mutation, sent, target).await;
    }

    async fn act(&self, caller: &Caller, mutation: &str, sent: Value, target: &mut Target) {
        act(caller, mutation, &sent).await;
        target.version = self.cases.application(id_of(target)).await.version.into();
    }

    async fn look(&self, target: &Target, what: &str) -> Value {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Application {{ {what} }} }} }}");
        self.lead.data(&query, json!({ "id": target.application })).await["node"].take()
    }
}

fn id_of(target: &Target) -> ApplicationId {
    GlobalId::read(&async_graphql::ID(target.application.clone())).expect("an application's id")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A good input for an act.
fn input_of(action: Action, target: &Target) -> Value {
    let mut sent = input(mutation_of(action).expect("a mutation"), target);
    match action {
        Action::Recommend => {
            sent["outcome"] = json!("DECLINE");
        }
        Action::Update => {
            sent = json!({ "id": target.application, "version": target.version, "region": "Otago" });
        }
        Action::Amend => {
            sent = json!({
                "id": target.application, "version": target.version, "reason": "A typo.", "jobTitle": "Coder",
            });
        }
        _ => {}
    }
    sent
}

/// Whether somebody sees applications in a state at all.
fn sees(who: &Member, status: ApplicationStatus) -> bool {
    let of_the_body = who.body.is_some_and(|body| body.slug == NZTECH.slug);
    let of_the_employer = who.firm.is_some_and(|firm| firm.nzbn == KAURI.nzbn);
    of_the_employer || (of_the_body && status != ApplicationStatus::Draft)
}

/// Whether an act is somebody's, by their role alone.
fn whose(whose: Whose, who: &Member) -> bool {
    let lead = who.handle == NZTECH_SECOND.handle || who.role == StaffRole::Lead;
    match whose {
        Whose::Employer => who.role == StaffRole::Employer,
        Whose::Assessors => lead || who.role == StaffRole::Assessor,
        Whose::Leads => lead,
    }
}

/// The code that a refused act answers.
fn refusal(law: &Law, status: ApplicationStatus, who: &Member) -> &'static str {
    if !whose(law.whose, who) {
        "NOT_PERMITTED"
    } else if !sees(who, status) {
        "NOT_FOUND"
    } else if matches!(law.action, Action::Answer | Action::CancelInformationRequest) {
        // There is no question of that id.
        "NOT_FOUND"
    } else if law.action == Action::Recommend && status == ApplicationStatus::InformationRequested {
        "OPEN_QUESTION"
    } else {
        "WRONG_STATUS"
    }
}
