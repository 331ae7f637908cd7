//! The caseloads of both bodies where things took another way than the straight one: declined, turned back, withdrawn, passed
//! on, corrected, settled. What is only there then is there to be read.

use entity::{DiscrepancyKind, employer};
use nominations::history::SealNext;
use nominations::people::actions::arrive;
use nominations::schema::GlobalId;
use nominations::tenancy::SystemScope;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::service::isolation::rows::{Desk, Row, Stage, desk, list, text};
use crate::service::members::{claims, issuer, token_of, with_providers};
use crate::service::support::World;
use crate::service::support::acts::{act, input};
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast::{
    ITP, ITP_ASSESSOR, ITP_LEAD, KAURI, KAURI_AGENT, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SECOND,
    RATA, RATA_AGENT,
};

/// Another way, and how far an application has come when it is taken.
#[derive(Clone, Copy, Debug)]
enum Way {
    Declined,
    Returned,
    SentBack,
    Withdrawn,
    PassedOn,
    Corrected,
}

const WAYS: [(Way, Stage); 6] = [
    (Way::Declined, Stage::Recommended),
    (Way::Returned, Stage::InAssessment),
    (Way::SentBack, Stage::Recommended),
    (Way::Withdrawn, Stage::Submitted),
    (Way::PassedOn, Stage::Confirmed),
    (Way::Corrected, Stage::Confirmed),
];

pub async fn settle(world: &World) -> Vec<Row> {
    let cases = Caseload::new(world, |definition| {
        definition.settings.places = 20;
        definition.settings.per_employer_cap = Some(20);
        definition.settings.allocation_ends_at = Some("2030-06-30T00:00:00Z".parse().expect("an instant"));
    })
    .await;
    let desks = [
        desk(world, (&NZTECH, &KAURI), (&KAURI_AGENT, &NZTECH_LEAD, &NZTECH_ASSESSOR), "Moreporkq").await,
        desk(world, (&ITP, &KAURI), (&KAURI_AGENT, &ITP_LEAD, &ITP_ASSESSOR), "Wekaq").await,
        desk(world, (&NZTECH, &RATA), (&RATA_AGENT, &NZTECH_LEAD, &NZTECH_ASSESSOR), "Moreporkq").await,
    ];
    let mut rows = Vec::new();
    // A word of its own for each, so that nobody has a namesake elsewhere.
    for (of, (desk, word)) in desks.iter().zip(["Canaryq", "Pipitq", "Robinq"]).enumerate() {
        for (nth, (way, stage)) in WAYS.into_iter().enumerate() {
            world.wait_minutes(1);
            let row = desk.make(stage, word, 100 + of * WAYS.len() + nth).await;
            rows.extend(desk.go(way, row).await);
        }
    }
    twins(world, &cases).await;
    releases(world, &mut rows, &desks).await;
    with_providers(world).await;
    people(world).await;
    employer::Entity::update_many()
        .col_expr(employer::Column::TradingName, Expr::value("Kauri"))
        .filter(employer::Column::Nzbn.is_in([KAURI.nzbn, RATA.nzbn]))
        .exec(world.conn())
        .await
        .expect("an update");
    for row in &mut rows {
        let desk = desks.iter().find(|desk| desk.is_of(row)).expect("a desk");
        desk.complete(row).await;
    }
    rows
}

impl Desk {
    fn is_of(&self, row: &Row) -> bool {
        self.body.slug == row.body.slug && self.firm.nzbn == row.firm.nzbn
    }

    /// Takes an application another way, and answers it, with one that was begun in its stead.
    async fn go(&self, way: Way, mut row: Row) -> Vec<Row> {
        self.complete(&mut row).await;
        let target = row.target(&self.assessor_id, self.inside);
        match way {
            Way::Declined => {
                act(&self.lead, "sendBack", &input("sendBack", &target)).await;
                self.complete(&mut row).await;
                let mut advice = input("recommend", &row.target(&self.assessor_id, self.inside));
                advice["outcome"] = json!("DECLINE");
                act(&self.assessor, "recommend", &advice).await;
                self.complete(&mut row).await;
                let decline = input("decline", &row.target(&self.assessor_id, self.inside));
                act(&self.lead, "decline", &decline).await;
            }
            Way::SentBack => drop(act(&self.lead, "sendBack", &input("sendBack", &target)).await),
            Way::Withdrawn => {
                drop(act(&self.agent, "withdrawApplication", &input("withdrawApplication", &target)).await);
            }
            Way::Returned => {
                let answer = input("answerInformationRequest", &target);
                act(&self.agent, "answerInformationRequest", &answer).await;
                self.complete(&mut row).await;
                let again = input("requestInformation", &row.target(&self.assessor_id, self.inside));
                let before = row.questions.clone();
                act(&self.assessor, "requestInformation", &again).await;
                self.complete(&mut row).await;
                let mut open = row.target(&self.assessor_id, self.inside);
                let asked = row.questions.iter().find(|question| !before.contains(question));
                open.question = asked.cloned().expect("a question");
                let cancel = input("cancelInformationRequest", &open);
                act(&self.assessor, "cancelInformationRequest", &cancel).await;
                self.complete(&mut row).await;
                let back = input("returnApplication", &row.target(&self.assessor_id, self.inside));
                act(&self.lead, "returnApplication", &back).await;
            }
            Way::PassedOn => {
                let mut to = target;
                to.passport = to.reference.replace("NZT-", "P").replace("ITP-", "P");
                let begun = act(&self.agent, "replaceWorker", &input("replaceWorker", &to)).await;
                let other = Row {
                    id: text(&begun["application"]["id"]),
                    reference: text(&begun["application"]["reference"]),
                    stage: Stage::Draft,
                    ..row.clone()
                };
                return vec![row, other];
            }
            Way::Corrected => {
                let accept = input("confirmAmendment", &target);
                act(&self.lead, "confirmAmendment", &accept).await;
            }
        }
        vec![row]
    }
}

/// One worker through both bodies, settled by both; another, which one lead has said something of; and one twice through NZTech.
async fn twins(world: &World, cases: &Caseload<'_>) {
    let to_itp = |passport| Wanted { body: &ITP, firm: &RATA, ..Wanted::new(passport) };
    for passport in ["N7000001", "N7000002"] {
        cases.submitted(&Wanted::new(passport)).await;
        cases.submitted(&to_itp(passport)).await;
    }
    cases.submitted(&Wanted::new("N7000003")).await;
    cases.submitted(&Wanted { firm: &RATA, ..Wanted::new("N7000003") }).await;

    let (nztech, itp) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&ITP_LEAD).await);
    let query = "{ discrepancies(classException: \"specialist-tech\", first: 20) {
        nodes { id kind reference otherReference } } }";
    let found = nztech.data(query, json!({})).await;
    let found: Vec<_> = list(&found["discrepancies"]["nodes"])
        .iter()
        .filter(|one| one["kind"] == json!(DiscrepancyKind::SameWorker.word()))
        .cloned()
        .collect();
    let is_across = |one: &&Value| {
        let prefix = |field: &str| text(&one[field])[..3].to_owned();
        prefix("reference") != prefix("otherReference")
    };
    let across: Vec<_> = found.iter().filter(is_across).collect();
    let within = found.iter().find(|one| !is_across(one)).expect("a pair within NZTech");
    let say = |one: &Value, chosen: Option<&Value>, resolution: &str| json!({ "id": one["id"], "resolution": resolution, "chosen": chosen, "note": "Moreporkq: asked by telephone" });
    let chosen = say(across[0], Some(&across[0]["reference"]), "WORKER_CHOSE");
    for lead in [&nztech, &itp] {
        act(lead, "resolveDiscrepancy", &chosen).await;
    }
    act(&itp, "resolveDiscrepancy", &say(across[1], Some(&across[1]["reference"]), "WORKER_CHOSE")).await;
    act(&nztech, "resolveDiscrepancy", &say(within, None, "EARLIER_STANDS")).await;
}

/// One given up, one published that leaves somebody out, and one that says what has changed since.
async fn releases(world: &World, rows: &mut [Row], desks: &[Desk]) {
    for row in rows.iter_mut() {
        desks.iter().find(|desk| desk.is_of(row)).expect("a desk").complete(row).await;
    }
    let nominated: Vec<&Row> = rows.iter().filter(|row| row.status == "NOMINATED").collect();
    let on = async |row: &Row, mutation: &str| {
        let desk = desks.iter().find(|desk| desk.is_of(row)).expect("a desk");
        let target = row.target(&desk.assessor_id, desk.inside);
        act(&desk.lead, mutation, &input(mutation, &target)).await;
    };
    let [.., held, ended] = nominated[..] else { panic!("{nominated:?}") };
    let corrected = nominated.iter().find(|row| !row.amendment.is_empty());
    let given_up = world.prepare(&NZTECH).await.expect("a release");
    world.abandon(&ITP, given_up).await.expect("given up");
    on(held, "holdApplication").await;
    world.acknowledged().await;
    on(corrected.expect("one to be corrected"), "confirmAmendment").await;
    on(ended, "revokeNomination").await;
    while world.app.db.perform(&SystemScope::of("test"), None, &SealNext).await.expect("seals") > 0 {}
    world.published().await;
}

/// A colleague who came by an invitation, somebody whose membership ends, and a claim that was declined.
async fn people(world: &World) {
    let (agent, lead) = (world.sign_in(&KAURI_AGENT).await, world.sign_in(&NZTECH_LEAD).await);
    let colleague = json!({ "employerNzbn": KAURI.nzbn, "name": "Lee Moss" });
    let link = token_of(&act(&agent, "inviteColleague", &colleague).await["link"]);
    arrive(&world.app, &issuer(world, "employers").await, &claims("lee"), Some(&link)).await.expect("lee");
    for (body, lead) in [("nztech", &NZTECH_LEAD), ("itp", &ITP_LEAD)] {
        let invited = json!({ "name": "Kim Lane", "role": "ASSESSOR" });
        let link = token_of(&act(&world.sign_in(lead).await, "inviteMember", &invited).await["link"]);
        arrive(&world.app, &issuer(world, body).await, &claims(&format!("kim-{body}")), Some(&link))
            .await
            .expect("kim");
    }
    let second = GlobalId::of(&NZTECH_SECOND.membership()).to_string();
    let change = json!({ "id": second, "version": 1, "endsOn": "2030-06-30" });
    act(&lead, "changeMember", &change).await;
    let claim = json!({ "nzbn": RATA.nzbn, "legalName": RATA.name, "body": "nztech" });
    let asked = act(&agent, "registerEmployer", &claim).await;
    let decline = json!({ "id": asked["employerClaim"]["id"], "approve": false, "reason": "Moreporkq: nobody knows them" });
    act(&lead, "decideEmployerClaim", &decline).await;
}
