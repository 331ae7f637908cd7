//! Who asks, of whose rows, and the worlds that it is asked in.

use entity::StaffRole;
use sea_orm::DbBackend;
use serde_json::{Value, json};

use super::ended;
use crate::service::ballots::field::{Field, ROUND_IS_THERE, at, secret};
use crate::service::ballots::files::SIGNATURE;
use crate::service::isolation::rows::{Row, Stage, row, settle};
use crate::service::members::with_providers;
use crate::service::outcomes::line;
use crate::service::support::acts::{act, input};
use crate::service::support::cast::{
    Firm, ITP, ITP_LEAD, KAURI, KAURI_AGENT, Member, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SERVICE,
    OBSERVER, OFFICER, RATA, RATA_AGENT, Tenant,
};
use crate::service::support::database::{Database, Kind};
use crate::service::support::{Caller, World};

/// Who asks: one of each role; nobody in particular for the public.
pub const ROLES: [Option<&Member>; 7] = [
    None,
    Some(&KAURI_AGENT),
    Some(&NZTECH_ASSESSOR),
    Some(&NZTECH_LEAD),
    Some(&NZTECH_SERVICE),
    Some(&OFFICER),
    Some(&OBSERVER),
];

/// Whose something is, to who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// Of nobody in particular.
    Common,
    /// Of its own caseload; what it is a party to.
    Own,
    /// Of the other body, or of another employer. To who has no caseload, all are.
    Anothers,
    /// Of its own body, which it has declared a conflict of interest in.
    Conflict,
    /// Of its own body, and not handed in yet; to an employer the draft of another.
    Hidden,
    /// Of nobody: there is no such thing.
    Absent,
}

impl Whose {
    /// As a cell has it.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Common => "•",
            Self::Own => "own",
            Self::Anothers => "other",
            Self::Conflict => "conflict",
            Self::Hidden => "hidden",
            Self::Absent => "absent",
        }
    }

    /// Whose a row is to somebody.
    pub fn of(row: &Row, asker: Option<&Member>) -> Self {
        match asker.map(|member| (member.role, member.body)) {
            Some((StaffRole::Employer, _)) if row.firm.nzbn == KAURI.nzbn => Self::Own,
            _ if row.stage == Stage::Draft => Self::Hidden,
            Some((_, Some(body))) if row.body.slug == body.slug => Self::Own,
            _ => Self::Anothers,
        }
    }

    /// Whose something of a body is to somebody.
    pub fn of_body(slug: &str, asker: Option<&Member>) -> Self {
        match asker.map(|member| (member.role, member.body)) {
            Some((StaffRole::Employer, _)) => Self::Own,
            Some((_, Some(body))) if slug == body.slug => Self::Own,
            _ => Self::Anothers,
        }
    }
}

/// The caseloads of both bodies; the same where an assessor and a lead have declared a conflict; and a ballot.
pub struct Ground {
    pub settled: World,
    pub conflicted: World,
    /// Where things took other ways than the straight one.
    pub ended: World,
    pub drawn: World,
    pub rows: Vec<Row>,
    /// Those of the world of other ways.
    pub ended_rows: Vec<Row>,
    /// Those of the world with conflicts.
    pub conflicted_rows: Vec<Row>,
    databases: Vec<Database>,
}

impl Ground {
    pub async fn settle(settled: World) -> Self {
        let kind = match settled.app.db.backend() {
            DbBackend::Postgres => Kind::Postgres,
            _ => Kind::Sqlite,
        };
        let mut databases = Vec::new();
        for _ in 0..3 {
            databases.push(Database::make(kind).await);
        }
        let (conflicted, ended) = (World::on(&databases[0]).await, World::on(&databases[1]).await);
        let drawn = World::on(&databases[2]).await;
        let rows = caseload(&settled).await;
        let conflicted_rows = caseload(&conflicted).await;
        declare(&conflicted, &conflicted_rows).await;
        let ended_rows = ended::settle(&ended).await;
        draw(&drawn).await;
        Self { settled, conflicted, ended, drawn, rows, ended_rows, conflicted_rows, databases }
    }

    /// Clears the worlds away that it has made.
    pub async fn clear(self) {
        let Self { conflicted, ended, drawn, databases, .. } = self;
        drop((conflicted, ended, drawn));
        for database in databases {
            database.drop().await;
        }
    }

    /// A row of each kind that may differ: what its stage has is there to be read.
    pub fn rows_of(&self, asker: Option<&Member>) -> Vec<(Whose, &Row)> {
        Self::to(&self.rows, asker)
    }

    /// Whose each of these rows is to somebody.
    pub fn to<'r>(rows: &'r [Row], asker: Option<&Member>) -> Vec<(Whose, &'r Row)> {
        rows.iter().map(|row| (Whose::of(row, asker), row)).collect()
    }

    /// The row at this stage that is so to somebody; one at another where there is none.
    pub fn row(&self, whose: Whose, stage: Stage, asker: Option<&Member>) -> Option<&Row> {
        let all = self.rows_of(asker);
        let so: Vec<&Row> = all.into_iter().filter(|(of, _)| *of == whose).map(|(_, row)| row).collect();
        so.iter().find(|row| row.stage == stage).or(so.first()).copied()
    }
}

/// Somebody, or anybody.
pub async fn caller(world: &World, asker: Option<&Member>) -> Caller {
    match asker {
        Some(member) => world.sign_in(member).await,
        None => world.anybody(),
    }
}

/// What everybody's rows have on them, and a published release that the agency has answered.
async fn caseload(world: &World) -> Vec<Row> {
    let mut rows = settle(world).await;
    let release = newest_release(world).await;
    for section in world.sections(release).await {
        let body = [&NZTECH, &ITP].into_iter().find(|body| body.id() == section.body_id).expect("a body");
        world.attest(body, release, &section.digest).await.expect("an attestation");
    }
    world.publish(&NZTECH, release).await.expect("a publication");
    let digest = world.release(release).await.digest;
    world.acknowledge(release, &digest).await.expect("an acknowledgement");
    world.wait_minutes(60);
    for (body, message) in [(&NZTECH, "one"), (&ITP, "two")] {
        let reference = &row(&rows, body, &KAURI, Stage::Confirmed).reference;
        let mut invited = line(reference, entity::AgencyStatus::Invited, world.now());
        invited.said.agency_reference = Some("INZ-1".to_owned());
        invited.said.reason = Some("All is there.".to_owned());
        invited.said.expires_on = chrono::NaiveDate::from_ymd_opt(2022, 9, 1);
        let mut other = line(reference, entity::AgencyStatus::Invited, world.now());
        other.date_of_birth = chrono::NaiveDate::from_ymd_opt(1970, 1, 1);
        world.say(message, vec![invited]).await.expect("news");
        world.say(&format!("{message} again"), vec![other]).await.expect("news");
    }
    with_providers(world).await;
    people(world).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let held = row(&rows, &NZTECH, &KAURI, Stage::Recommended);
    act(&lead, "holdApplication", &held_input(held)).await;
    let run = act(&lead, "reconcile", &json!({ "classException": "specialist-tech" })).await;
    assert!(run["reconciliation"]["id"].is_string());
    for row in &mut rows {
        let seen = "query($it: String!) { application(reference: $it) { version } }";
        let owner = if row.firm.nzbn == KAURI.nzbn { &KAURI_AGENT } else { &RATA_AGENT };
        let seen = world.sign_in(owner).await.data(seen, json!({ "it": row.reference })).await;
        row.version = seen["application"]["version"].as_i64().expect("a version");
    }
    rows
}

fn held_input(row: &Row) -> Value {
    json!({ "id": row.id, "version": row.version, "reason": "Moreporkq: a document is looked at" })
}

async fn newest_release(world: &World) -> entity::ReleaseId {
    use sea_orm::EntityTrait;
    entity::release::Entity::find().one(world.conn()).await.expect("a query").expect("a release").id
}

/// An invitation of each body, and a claim to each.
async fn people(world: &World) {
    for (lead, body, firm, agent) in
        [(&NZTECH_LEAD, &NZTECH, &RATA, &KAURI_AGENT), (&ITP_LEAD, &ITP, &KAURI, &RATA_AGENT)]
    {
        let lead = world.sign_in(lead).await;
        let invitation = json!({ "name": "Kim Lane", "role": "ASSESSOR", "endsOn": "2030-06-30" });
        act(&lead, "inviteMember", &invitation).await;
        claim(world, agent, body, firm).await;
    }
    let colleague = json!({ "employerNzbn": KAURI.nzbn, "name": "Lee Moss" });
    act(&world.sign_in(&KAURI_AGENT).await, "inviteColleague", &colleague).await;
}

/// An agent says to act for another employer as well.
async fn claim(world: &World, agent: &Member, body: &Tenant, firm: &Firm) {
    let claim = json!({ "nzbn": firm.nzbn, "legalName": firm.name, "body": body.slug });
    act(&world.sign_in(agent).await, "registerEmployer", &claim).await;
}

/// The assessor and the lead have something to do with Kauri.
async fn declare(world: &World, rows: &[Row]) {
    let about = row(rows, &NZTECH, &KAURI, Stage::InAssessment);
    let conflict = input("declareConflict", &about.target("", "Moreporkq"));
    for member in [&NZTECH_ASSESSOR, &NZTECH_LEAD] {
        act(&world.sign_in(member).await, "declareConflict", &conflict).await;
    }
}

/// A ballot that was void, and one from its opening to its end, which a body failed in; and a run that both have signed.
async fn draw(world: &World) {
    let field = Field::of(world, 6, 3).await;
    let void = field.open(false).await;
    field.void_by(void, &NZTECH_LEAD).await.expect("a void ballot");
    let ballot = field.open(true).await;
    for lead in [&NZTECH_LEAD, &ITP_LEAD] {
        field.commit(ballot, lead).await.expect("a commitment");
    }
    field.reveal(ballot, &ITP_LEAD, secret(&ITP_LEAD)).await.expect("a secret");
    world.clock.move_to(at(ROUND_IS_THERE));
    field.draw(ballot, &NZTECH_LEAD, Some(SIGNATURE)).await.expect("a draw");
    let (nztech, itp) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&ITP_LEAD).await);
    let run = act(&nztech, "reconcile", &json!({ "classException": "specialist-tech" })).await;
    for lead in [&nztech, &itp] {
        act(lead, "signOffReconciliation", &json!({ "id": run["reconciliation"]["id"] })).await;
    }
}
