//! The caseloads that are tried: of each body, made by its own people through the API, with a word of its own in
//! every text, so that a leak is seen whatever way it takes.

use serde_json::{Value, json};

use crate::service::isolation::unknown_id;
use crate::service::support::acts::{Target, act, input};
use crate::service::support::caseload::Caseload;
use crate::service::support::cast::{
    Firm, ITP, ITP_ASSESSOR, ITP_LEAD, KAURI, KAURI_AGENT, Member, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD,
    NZTECH_SECOND, RATA, RATA_AGENT, Tenant,
};
use crate::service::support::{Caller, World};
use nominations::schema::GlobalId;

/// How far an application is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Draft,
    Submitted,
    InAssessment,
    Recommended,
    Confirmed,
}

/// An application, with the ids of all that hangs on it.
#[derive(Clone, Debug)]
pub struct Row {
    pub body: &'static Tenant,
    pub firm: &'static Firm,
    pub stage: Stage,
    pub id: String,
    pub reference: String,
    pub version: i64,
    pub status: String,
    pub evidence: Vec<String>,
    pub questions: Vec<String>,
    /// The correction that waits; empty where none does.
    pub amendment: String,
    /// What its body has found not to agree about it; empty where there is nothing.
    pub discrepancy: String,
    /// The expression of interest that it came of.
    pub interest: Option<String>,
    /// What the employer may know of.
    pub events: Vec<String>,
    /// What happened inside the body.
    pub events_inside: Vec<String>,
}

/// Who works on the applications of one employer to one body, and the words in what they write.
pub struct Desk {
    pub body: &'static Tenant,
    pub firm: &'static Firm,
    pub agent: Caller,
    pub lead: Caller,
    pub assessor: Caller,
    pub assessor_id: String,
    interest: Option<String>,
    pub inside: &'static str,
}

/// Makes all of it. Two places, so that one confirmed application waits.
pub async fn settle(world: &World) -> Vec<Row> {
    let _exception = Caseload::new(world, |definition| definition.settings.places = 2).await;
    let mut desks = [
        desk(world, (&NZTECH, &KAURI), (&KAURI_AGENT, &NZTECH_LEAD, &NZTECH_ASSESSOR), "Moreporkq").await,
        desk(world, (&ITP, &KAURI), (&KAURI_AGENT, &ITP_LEAD, &ITP_ASSESSOR), "Wekaq").await,
        desk(world, (&NZTECH, &RATA), (&RATA_AGENT, &NZTECH_LEAD, &NZTECH_ASSESSOR), "Moreporkq").await,
        desk(world, (&ITP, &RATA), (&RATA_AGENT, &ITP_LEAD, &ITP_ASSESSOR), "Wekaq").await,
    ];
    // Rata has expressed none to ITP: there it has a draft, which ITP learns nothing of.
    for (desk, word) in desks.iter_mut().zip(["Tuiq", "Kakaq", "Titiq"]) {
        desk.interest = Some(desk.register(&world.anybody(), word).await);
    }
    let [kauri_nztech, kauri_itp, rata_nztech, rata_itp] = &desks;
    let plan = [
        (kauri_nztech, Stage::Confirmed, "Canaryq"),
        (kauri_itp, Stage::Confirmed, "Pipitq"),
        (kauri_nztech, Stage::Confirmed, "Canaryq"),
        (kauri_nztech, Stage::Recommended, "Canaryq"),
        (kauri_nztech, Stage::InAssessment, "Canaryq"),
        (kauri_nztech, Stage::Submitted, "Canaryq"),
        (kauri_nztech, Stage::Draft, "Keaq"),
        (kauri_itp, Stage::InAssessment, "Pipitq"),
        (rata_nztech, Stage::Submitted, "Robinq"),
        (rata_itp, Stage::Draft, "Wrenq"),
    ];
    let mut rows = Vec::new();
    for (number, (desk, stage, word)) in plan.into_iter().enumerate() {
        world.wait_minutes(1);
        rows.push(desk.make(stage, word, number).await);
    }
    let second = world.sign_in(&NZTECH_SECOND).await;
    for row in rows.iter().filter(|row| row.body.slug == NZTECH.slug && row.stage == Stage::Submitted) {
        let reason = "Moreporkq: a sister works there";
        let conflict = json!({ "id": row.id, "employer": row.firm.nzbn, "reason": reason });
        act(&second, "declareConflict", &conflict).await;
    }
    act(&second_lead(world).await, "prepareRelease", &json!({ "classException": "specialist-tech" })).await;
    for row in &mut rows {
        let desk =
            desks.iter().find(|desk| desk.body.slug == row.body.slug && desk.firm.nzbn == row.firm.nzbn);
        desk.expect("a desk").complete(row).await;
    }
    rows
}

/// Who freezes the list, of both bodies.
async fn second_lead(world: &World) -> Caller {
    world.sign_in(&ITP_LEAD).await
}

/// The row of an employer at a body that has come this far.
pub fn row<'r>(rows: &'r [Row], body: &Tenant, firm: &Firm, stage: Stage) -> &'r Row {
    let mut found = rows.iter().filter(|row| row.body.slug == body.slug && row.firm.nzbn == firm.nzbn);
    found.find(|row| row.stage == stage).expect("a row")
}

impl Row {
    /// What an input names to act on it.
    pub fn target(&self, person: &str, word: &str) -> Target {
        Target {
            body: self.body.slug.to_owned(),
            nzbn: self.firm.nzbn.to_owned(),
            application: self.id.clone(),
            reference: self.reference.clone(),
            version: self.version,
            // The newest: before it may stand the employer's own, which are there for its other applications.
            evidence: self.evidence.last().cloned().unwrap_or_default(),
            person: person.to_owned(),
            question: self.questions.first().cloned().unwrap_or_else(|| unknown_id("InformationRequest")),
            amendment: Some(self.amendment.clone())
                .filter(|id| !id.is_empty())
                .unwrap_or_else(|| unknown_id("Amendment")),
            discrepancy: Some(self.discrepancy.clone())
                .filter(|id| !id.is_empty())
                .unwrap_or_else(|| unknown_id("Discrepancy")),
            reconciliation: unknown_id("Reconciliation"),
            interest: self.interest.clone().unwrap_or_default(),
            release: unknown_id("Release"),
            ballot: unknown_id("Ballot"),
            word: word.to_owned(),
            passport: "Z0000001".to_owned(),
        }
    }
}

pub async fn desk(
    world: &World,
    (body, firm): (&'static Tenant, &'static Firm),
    (agent, lead, assessor): (&Member, &Member, &Member),
    inside: &'static str,
) -> Desk {
    let assessor_id = GlobalId::of(&assessor.person()).to_string();
    let (agent, lead) = (world.sign_in(agent).await, world.sign_in(lead).await);
    let assessor = world.sign_in(assessor).await;
    Desk { body, firm, agent, lead, assessor, assessor_id, interest: None, inside }
}

impl Desk {
    fn target(&self, word: &str, passport: String) -> Target {
        Target {
            body: self.body.slug.to_owned(),
            nzbn: self.firm.nzbn.to_owned(),
            application: String::new(),
            reference: String::new(),
            version: 0,
            evidence: String::new(),
            person: self.assessor_id.clone(),
            question: String::new(),
            amendment: String::new(),
            discrepancy: String::new(),
            reconciliation: String::new(),
            interest: self.interest.clone().unwrap_or_default(),
            release: unknown_id("Release"),
            ballot: unknown_id("Ballot"),
            word: word.to_owned(),
            passport,
        }
    }

    async fn register(&self, anybody: &Caller, word: &str) -> String {
        let registration = input("registerInterest", &self.target(word, String::new()));
        text(&act(anybody, "registerInterest", &registration).await["interest"]["id"])
    }

    pub async fn make(&self, stage: Stage, word: &str, number: usize) -> Row {
        let mut target = self.target(word, format!("N{number:07}"));
        let mut create = input("createApplication", &target);
        create["remuneration"]["amount"] = json!(pay_of(word));
        let made = act(&self.agent, "createApplication", &create).await;
        target.application = text(&made["application"]["id"]);
        target.version = 1;
        let mut evidence = input("addEvidence", &target);
        target.version = self.acted(&self.agent, "addEvidence", &evidence).await;
        if stage > Stage::Draft {
            evidence["version"] = json!(target.version);
            evidence["kind"] = json!("MEMBERSHIP");
            evidence["criterion"] = json!("industry-body");
            evidence["ofEmployer"] = json!(true);
            target.version = self.acted(&self.agent, "addEvidence", &evidence).await;
            let submit = input("submitApplication", &target);
            target.version = self.acted(&self.agent, "submitApplication", &submit).await;
        }
        if stage > Stage::Submitted {
            self.work(stage, &mut target).await;
        }
        Row {
            body: self.body,
            firm: self.firm,
            stage,
            id: target.application,
            reference: text(&made["application"]["reference"]),
            version: target.version,
            status: String::new(),
            evidence: Vec::new(),
            questions: Vec::new(),
            amendment: String::new(),
            discrepancy: String::new(),
            interest: self.interest.clone(),
            events: Vec::new(),
            events_inside: Vec::new(),
        }
    }

    /// What the body's people do, with their own word in it.
    async fn work(&self, stage: Stage, target: &mut Target) {
        let outside = target.word.clone();
        self.inside.clone_into(&mut target.word);
        let assigned = act(&self.lead, "assignApplications", &input("assignApplications", target)).await;
        target.version = number(&assigned["applications"][0]["version"]);
        let seen = "query($id: ID!) { node(id: $id) { ... on Application { evidence { id } } } }";
        let seen = self.assessor.data(seen, json!({ "id": target.application })).await;
        for record in list(&seen["node"]["evidence"]) {
            target.evidence = text(&record["id"]);
            act(&self.assessor, "verifyEvidence", &input("verifyEvidence", target)).await;
        }
        target.version = number(&self.look(&self.assessor, &target.application).await["version"]);
        for criterion in ["role", "salary", "industry-body", "worker-offshore", "domestic-skills"] {
            let mut finding = input("recordAssessment", target);
            finding["criterion"] = json!(criterion);
            if criterion != "role" {
                finding["role"] = Value::Null;
                finding["occupationCode"] = Value::Null;
            }
            target.version = self.acted(&self.assessor, "recordAssessment", &finding).await;
        }
        if stage > Stage::InAssessment {
            target.version = self.acted(&self.assessor, "recommend", &input("recommend", target)).await;
        }
        if stage > Stage::Recommended {
            let confirmed = act(&self.lead, "confirm", &input("confirm", target)).await;
            target.version = number(&confirmed["application"]["version"]);
            if confirmed["application"]["status"] == "NOMINATED" {
                let correction = json!({
                    "id": target.application, "version": target.version,
                    "jobTitle": format!("{} Developer", self.inside), "reason": format!("{} reason", self.inside),
                });
                target.version = self.acted(&self.assessor, "amendNomination", &correction).await;
            }
        }
        if stage == Stage::InAssessment {
            target.word = outside;
            let question = input("requestInformation", target);
            target.version = self.acted(&self.assessor, "requestInformation", &question).await;
        }
    }

    async fn acted(&self, caller: &Caller, mutation: &str, input: &Value) -> i64 {
        number(&act(caller, mutation, input).await["application"]["version"])
    }

    async fn look(&self, caller: &Caller, id: &str) -> Value {
        let query = "query($id: ID!) { node(id: $id) { ... on Application {
            version status evidence { id } informationRequests { id } pendingAmendment { id } timeline(first: 100) { nodes { id } } } } }";
        caller.data(query, json!({ "id": id })).await["node"].take()
    }

    /// Everything that is known of the row once all is done.
    pub async fn complete(&self, row: &mut Row) {
        let outside = self.look(&self.agent, &row.id).await;
        let inside = self.look(&self.lead, &row.id).await;
        let ids = |list: &Value| self::list(list).iter().map(|one| text(&one["id"])).collect::<Vec<_>>();
        row.version = number(&outside["version"]);
        row.status = text(&outside["status"]);
        row.evidence = ids(&outside["evidence"]);
        row.questions = ids(&outside["informationRequests"]);
        inside["pendingAmendment"]["id"].as_str().unwrap_or_default().clone_into(&mut row.amendment);
        row.events = ids(&outside["timeline"]["nodes"]);
        row.events_inside = ids(&inside["timeline"]["nodes"]);
        row.events_inside.retain(|event| !row.events.contains(event));
        let query = r#"{ discrepancies(classException: "specialist-tech") { nodes { id reference otherReference } } }"#;
        let found = self.lead.data(query, json!({})).await;
        let is_about = |one: &&Value| {
            [&one["reference"], &one["otherReference"]]
                .into_iter()
                .any(|reference| *reference == row.reference)
        };
        let about = list(&found["discrepancies"]["nodes"]).iter().find(is_about);
        row.discrepancy = about.map(|one| text(&one["id"])).unwrap_or_default();
    }
}

/// The pay of the applications that have this word in them: of no others.
pub fn pay_of(word: &str) -> &'static str {
    match word.to_lowercase().as_str() {
        "canaryq" => "131313.13",
        "keaq" => "141414.14",
        "robinq" => "151515.15",
        "pipitq" => "161616.16",
        _ => "171717.17",
    }
}

/// A text of an answer.
pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A list of an answer; empty for null.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> i64 {
    value.as_i64().expect("a number")
}
