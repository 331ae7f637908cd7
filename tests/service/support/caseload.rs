//! Applications made by the service's own acts, by a cast member each, as far as a test wants them.

use std::ops::Deref;

use chrono::NaiveDate;
use entity::{
    ApplicationId, ApplicationStatus, AssessmentOutcome, ExceptionId, InterestId, PayPeriod,
    RecommendationOutcome, application, class_exception, conflict,
};
use nominations::amendment::ApplyDefinition;
use nominations::applications::actions::{
    AssignApplications, Confirm, CreateApplication, Recommend, RecordAssessment, RegisterInterest,
    RevokeNomination, RoleFinding, SubmitApplication,
};
use nominations::applications::details::{Advice, Changes, Patch, WorkerDetails};
use nominations::db::Command;
use nominations::error::{Acted, Failure, UserErrorCode};
use nominations::exceptions::definition::Definition;
use nominations::tenancy::{BodyScope, EmployerScope, Member, Permission, SystemScope, Viewer};
use nominations::values::country::CountryCode;
use nominations::values::dates::Birthday;
use nominations::values::email::Email;
use nominations::values::nzbn::Nzbn;
use nominations::values::passport::PassportNumber;
use nominations::values::pay::Pay;
use nominations::values::text::{Line, Text};
use rust_decimal::Decimal;
use sea_orm::{EntityTrait, IntoActiveModel};

use super::{World, cast};

/// The criteria of the class exception, with the one that gives priority last.
const CRITERIA: [&str; 5] = ["role", "salary", "industry-body", "worker-offshore", "domestic-skills"];

/// What is wanted of an application.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub body: &'static cast::Tenant,
    pub firm: &'static cast::Firm,
    /// As the employer types it.
    pub passport: &'a str,
    /// Whether it comes into the priority band.
    pub priority: bool,
    /// The expression of interest that it comes of.
    pub interest: Option<InterestId>,
}

impl Wanted<'_> {
    /// An application to NZTech by Kauri, without priority.
    pub fn new(passport: &str) -> Wanted<'_> {
        Wanted { body: &cast::NZTECH, firm: &cast::KAURI, passport, priority: false, interest: None }
    }
}

/// A world with a class exception in it.
pub struct Caseload<'a> {
    pub world: &'a World,
    pub exception: ExceptionId,
}

impl Deref for Caseload<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        self.world
    }
}

/// The class exception's file, with what a test wants otherwise.
pub fn definition(change: impl FnOnce(&mut Definition)) -> Definition {
    let mut definition = Definition::parse(include_str!("../../../exceptions/specialist-tech.toml"))
        .expect("a class exception");
    change(&mut definition);
    definition
}

impl<'a> Caseload<'a> {
    /// Applies the class exception.
    pub async fn new(world: &'a World, change: impl FnOnce(&mut Definition)) -> Self {
        let definition = definition(change);
        world.apply(definition).await.expect("an amendment");
        let found = class_exception::Entity::find().one(world.conn()).await.expect("a query");
        Self { world, exception: found.expect("a class exception").id }
    }

    /// An expression of interest, of somebody who is not signed in.
    pub async fn interest(&self, body: &cast::Tenant, firm: &cast::Firm) -> InterestId {
        let command = RegisterInterest {
            app: &self.app,
            source: self.app.keys.source(None),
            exception: "specialist-tech".into(),
            body: body.slug.into(),
            legal_name: Line::parse(firm.name).expect("a line"),
            nzbn: Nzbn::parse(firm.nzbn).ok(),
            contact_email: Email::parse("interest@example.nz").expect("an address"),
            expected_workers: 3,
            roles: vec!["2613".into()],
        };
        self.app.db.perform(&Viewer::public().in_public(), None, &command).await.expect("an interest")
    }

    /// A draft, begun a minute after what was before.
    pub async fn draft(&self, wanted: &Wanted<'_>) -> ApplicationId {
        self.wait_minutes(1);
        let scope = agent_scope(wanted.firm);
        let line = |text: &str| Line::parse(text).expect("a line");
        let changes = Changes {
            contact_name: Patch::Set(line("Finn Gray")),
            contact_email: Patch::Set(Email::parse("finn@example.nz").expect("an address")),
            duties: Patch::Set(Text::parse("Writes software.").expect("a text")),
            region: Patch::Set(line("Wellington")),
            ..Changes::default()
        };
        let command = CreateApplication {
            app: &self.app,
            scope: scope.clone(),
            exception: "specialist-tech".into(),
            body: wanted.body.slug.into(),
            employer: Nzbn::parse(wanted.firm.nzbn).expect("an NZBN"),
            interest: wanted.interest,
            changes,
            job_title: line("Software Engineer"),
            pay: Pay::parse(Decimal::from(130_000), "NZD", PayPeriod::Year, Decimal::from(40)).expect("pay"),
            worker: worker(wanted.passport),
        };
        self.app.db.perform(&scope, None, &command).await.expect("a draft")
    }

    /// Submitted.
    pub async fn submitted(&self, wanted: &Wanted<'_>) -> ApplicationId {
        let id = self.draft(wanted).await;
        let (scope, version) = (agent_scope(wanted.firm), self.application(id).await.version);
        let command = SubmitApplication {
            app: &self.app,
            scope: scope.clone(),
            id,
            version,
            declaration: true,
            told_on: None,
        };
        self.app.db.perform(&scope, None, &command).await.expect("a submission")
    }

    /// In the hands of the body's assessor, with a finding on each of the first `findings` criteria.
    pub async fn in_assessment(&self, wanted: &Wanted<'_>, findings: usize) -> ApplicationId {
        let id = self.submitted(wanted).await;
        self.assess(id, wanted, findings).await;
        id
    }

    /// Puts what was submitted into the hands of the body's assessor, who finds something on the first criteria.
    async fn assess(&self, id: ApplicationId, wanted: &Wanted<'_>, findings: usize) {
        let lead = lead_scope(wanted.body, Permission::Assign);
        let assessor = Some(assessor_of(wanted.body).person());
        let command = AssignApplications { app: &self.app, scope: lead.clone(), ids: vec![id], assessor };
        self.app.db.perform(&lead, None, &command).await.expect("an assignment");
        let scope = staff_scope(assessor_of(wanted.body), Permission::Assess);
        let first = self.application(id).await.version;
        for (version, criterion) in (first..).zip(CRITERIA.into_iter().take(findings)) {
            let met = criterion != "domestic-skills" || wanted.priority;
            let command = RecordAssessment {
                app: &self.app,
                scope: scope.clone(),
                id,
                version,
                criterion: criterion.into(),
                outcome: if met { AssessmentOutcome::Met } else { AssessmentOutcome::NotMet },
                role: RoleFinding::default(),
                note: None,
            };
            self.app.db.perform(&scope, None, &command).await.expect("a finding");
        }
    }

    /// Endorsed by the assessor.
    pub async fn recommended(&self, wanted: &Wanted<'_>) -> ApplicationId {
        let id = self.submitted(wanted).await;
        self.endorse(id, wanted).await;
        id
    }

    /// Assesses and endorses what was submitted.
    pub async fn endorse(&self, id: ApplicationId, wanted: &Wanted<'_>) {
        self.assess(id, wanted, CRITERIA.len()).await;
        let scope = staff_scope(assessor_of(wanted.body), Permission::Assess);
        let version = self.application(id).await.version;
        let advice = Advice { outcome: RecommendationOutcome::Endorse, reasons: vec![], note: None };
        let command = Recommend { app: &self.app, scope: scope.clone(), id, version, advice };
        self.app.db.perform(&scope, None, &command).await.expect("advice");
    }

    /// Confirmed by the lead, and given a place where one is free.
    pub async fn confirmed(&self, wanted: &Wanted<'_>) -> ApplicationId {
        let id = self.recommended(wanted).await;
        self.confirm(&self.application(id).await).await.expect("a confirmation")
    }
}

impl World {
    /// Does `command` as the service itself.
    pub async fn by_itself<C: Command>(&self, command: &C) -> Acted<C::Answer> {
        self.app.db.perform(&SystemScope::of("test"), None, command).await
    }

    /// Brings the class exception in line with a definition.
    pub async fn apply(&self, definition: Definition) -> Acted<Vec<String>> {
        self.by_itself(&ApplyDefinition { app: &self.app, definition, purge_now: false }).await
    }

    /// Somebody of a body has declared a conflict of interest with an employer.
    pub async fn conflict(&self, who: &cast::Member, firm: &cast::Firm) {
        let row = conflict::Model {
            person_id: who.person(),
            employer_id: firm.id(),
            body_id: who.body.expect("somebody of a body").id(),
            reason: "A cousin works there.".into(),
            declared_at: self.now(),
        };
        let insert = conflict::Entity::insert(row.into_active_model());
        insert.exec_without_returning(self.conn()).await.expect("a conflict");
    }

    /// The application as it stands.
    pub async fn application(&self, id: ApplicationId) -> application::Model {
        let found = application::Entity::find_by_id(id).one(self.conn()).await.expect("a query");
        found.expect("an application")
    }

    /// The lead of the application's body confirms it.
    pub async fn confirm(&self, application: &application::Model) -> Acted<ApplicationId> {
        let command = self.confirmation(application);
        self.app.db.perform(&command.scope, None, &command).await
    }

    /// The lead of the application's body takes back what was confirmed; what was not stays as it is.
    pub async fn take_back(&self, id: ApplicationId) -> Acted<()> {
        loop {
            let application = self.application(id).await;
            let scope = lead_scope(body_of(&application), Permission::Confirm);
            let reason = Text::parse("It was a mistake.").expect("a text");
            let version = application.version;
            let command = RevokeNomination { app: &self.app, scope: scope.clone(), id, version, reason };
            match self.app.db.perform(&scope, None, &command).await {
                Err(Failure::Refused(errors)) if errors[0].code == UserErrorCode::Stale => {}
                Err(Failure::Refused(errors)) if errors[0].code == UserErrorCode::WrongStatus => {
                    return Ok(());
                }
                outcome => return outcome.map(drop),
            }
        }
    }

    /// What the lead of the application's body confirms it by.
    pub fn confirmation(&self, application: &application::Model) -> Confirm<'_> {
        assert_eq!(application.status, ApplicationStatus::Recommended);
        let scope = lead_scope(body_of(application), Permission::Confirm);
        Confirm { app: &self.app, scope, id: application.id, version: application.version, note: None }
    }
}

/// The scope of somebody of a body.
pub fn staff_scope(who: &cast::Member, permission: Permission) -> BodyScope {
    viewer(who).in_body(permission).expect("a scope")
}

/// The scope of who acts for an employer.
pub fn agent_scope(firm: &cast::Firm) -> EmployerScope {
    let agent = if firm.nzbn == cast::RATA.nzbn { &cast::RATA_AGENT } else { &cast::KAURI_AGENT };
    viewer(agent).for_employers().expect("a scope")
}

/// Whose an application is.
fn body_of(application: &application::Model) -> &'static cast::Tenant {
    if application.body_id == cast::ITP.id() { &cast::ITP } else { &cast::NZTECH }
}

fn lead_scope(body: &cast::Tenant, permission: Permission) -> BodyScope {
    let lead = if body.slug == cast::ITP.slug { &cast::ITP_LEAD } else { &cast::NZTECH_LEAD };
    staff_scope(lead, permission)
}

fn assessor_of(body: &cast::Tenant) -> &'static cast::Member {
    if body.slug == cast::ITP.slug { &cast::ITP_ASSESSOR } else { &cast::NZTECH_ASSESSOR }
}

/// Who somebody of the cast is to the service.
pub fn viewer(who: &cast::Member) -> Viewer {
    Viewer::signed_in(Member {
        membership: who.membership(),
        person: who.person(),
        role: who.role,
        body: who.body.map(cast::Tenant::id),
        employers: who.firm.map(cast::Firm::id).into_iter().collect(),
    })
}

/// Another name for every passport, so that nobody looks like somebody else by chance.
fn name_of(passport: &str) -> String {
    let letter = |byte: u8| char::from(b'a' + byte % 26);
    format!("Asha {}", passport.bytes().filter(u8::is_ascii_alphanumeric).map(letter).collect::<String>())
}

/// A worker with this passport.
pub fn worker(passport: &str) -> WorkerDetails {
    let day = |year| NaiveDate::from_ymd_opt(year, 6, 1).expect("a day");
    let country = |code| CountryCode::parse(code).expect("a country");
    WorkerDetails {
        family_name: Line::parse("Rao").expect("a name"),
        given_names: Some(Line::parse(&name_of(passport)).expect("a name")),
        date_of_birth: Birthday::new(day(1990), day(2022)).expect("a birthday"),
        nationality: country("IND"),
        email: Patch::Set(Email::parse("asha@example.com").expect("an address")),
        passport_state: Patch::Set(country("IND")),
        passport_number: Patch::Set(PassportNumber::parse(passport).expect("a number")),
        passport_expires_on: Patch::Set(day(2030)),
        offshore: true,
    }
}
