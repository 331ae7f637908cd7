//! The making of a demo: every step of the plan, by the commands that everybody uses, each at its time.

mod beside;
mod outcomes;
mod releases;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use entity::{
    ApplicationId, AssessmentOutcome, DecisionReason, EmployerId, EvidenceKind, PayPeriod,
    RecommendationOutcome,
};
use rust_decimal::Decimal;

use super::dates::ends;
use super::people::{AddPeople, MarkDemo, People};
use super::plan::{self, Course, Planned, Step};
use super::rows::{self, EmployerRow, Row};
use super::second;
use crate::amendment::ApplyDefinition;
use crate::app::App;
use crate::applications::actions::{
    AddEvidence, AssignApplications, Confirm, CreateApplication, Recommend, RecordAssessment, RoleFinding,
    SubmitApplication, VerifyEvidence,
};
use crate::applications::details::{Advice, Changes, NewEvidence, Patch, WorkerDetails};
use crate::applications::store::evidence;
use crate::clock::day_in_new_zealand;
use crate::error::{Acted, Fault};
use crate::exceptions::definition::{CriterionKind, Definition, Terms};
use crate::tenancy::{CaseloadScope, Permission, SystemScope, Viewer};
use crate::values::country::CountryCode;
use crate::values::dates::Birthday;
use crate::values::email::Email;
use crate::values::nzbn::Nzbn;
use crate::values::passport::PassportNumber;
use crate::values::pay::Pay;
use crate::values::text::{Line, Text};

/// What a demo is made of.
pub struct Making<'a> {
    /// A service whose clock can be set.
    pub app: &'a App,
    /// The class exception, as its file says.
    pub definition: Definition,
    /// The one whose draw is to come, as its file says.
    pub second: Definition,
    /// How many applications, at most [`rows::MOST_APPLICATIONS`].
    pub applications: usize,
    /// The day of making.
    pub now: DateTime<Utc>,
}

/// What was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// How many applications.
    pub applications: usize,
    /// How many acts.
    pub acts: usize,
}

/// Makes the demo in an empty database whose schema is there. `progress` is told after each step how many of all
/// are done.
///
/// # Errors
/// Faults, and refusals, which would be a mistake of the plan.
pub async fn make(making: Making<'_>, mut progress: impl FnMut(usize, usize)) -> Acted<Made> {
    let Making { app, mut definition, second: mut drawn, applications, now } = making;
    let all = rows::applications().map_err(|why| Fault::stored("demo", why))?;
    let waiting = of(&drawn, second::rows(&all, applications));
    let mut rows = of(&definition, thinned(all, applications));
    let employers = rows::employers().map_err(|why| Fault::stored("demo", why))?;
    let places = usize::try_from(definition.settings.places).unwrap_or_default();
    let mut courses = plan::courses(&rows, places, now);
    let mut steps = second::steps(&waiting, rows.len(), now);
    let begun = |steps: &[Planned]| steps.first().map_or(now, |step| step.at);
    let first = begun(&steps);
    second::set_window(&mut drawn, first, now);
    let own = plan::steps(&rows, &courses, now, now);
    open_window(&mut definition, begun(&own), now);
    let first = first.min(begun(&own));
    steps.extend(own);
    steps.sort();
    courses.resize(rows.len() + waiting.len(), Course::Confirmed);
    rows.extend(waiting);
    let system = SystemScope::of("demo");
    app.db.clock().move_to(now);
    app.db.perform(&system, None, &MarkDemo).await?;
    app.db.clock().move_to(first - chrono::TimeDelta::days(1));
    let terms = definition.terms.clone();
    let listed = definition.settings.slug.clone();
    for definition in [definition, drawn] {
        app.db.perform(&system, None, &ApplyDefinition { app, definition, purge_now: false }).await?;
    }
    let people = app.db.perform(&system, None, &AddPeople { employers: &employers }).await?;
    let employers = employers.into_iter().map(|employer| (employer.id.clone(), employer)).collect();
    let mut maker = Maker {
        app,
        people,
        employers,
        terms,
        cases: BTreeMap::new(),
        shown: BTreeSet::new(),
        seen: BTreeSet::new(),
        acts: 0,
    };
    let mut released = None;
    for (done, planned) in steps.iter().enumerate() {
        app.db.clock().move_to(planned.at);
        maker.step(planned, &rows[planned.row], courses[planned.row]).await?;
        if done == steps.len() * 7 / 10 {
            released = maker.release(&listed).await?.map(|release| (release, planned.at));
        }
        progress(done + 1, steps.len());
    }
    app.db.clock().move_to(now);
    if let Some(first) = released {
        maker.hear_the_agency(&listed, first).await?;
        maker.change_listed(first.0).await?;
    }
    maker.release(&listed).await?;
    maker.reconcile(&listed).await?;
    maker.prepare_release(&listed).await?;
    Ok(Made { applications: rows.len(), acts: maker.acts })
}

/// Rows as applications under a class exception.
fn of(definition: &Definition, rows: Vec<Row>) -> Vec<Row> {
    let exception = &definition.settings.slug;
    rows.into_iter().map(|row| Row { exception: exception.clone(), ..row }).collect()
}

/// `count` rows, evenly from all.
fn thinned(rows: Vec<Row>, count: usize) -> Vec<Row> {
    let all = rows.len();
    let kept = |index: usize| (index + 1) * count / all > index * count / all;
    rows.into_iter().enumerate().filter(|(index, _)| kept(*index)).map(|(_, row)| row).collect()
}

/// The window opens before the first step and closes some weeks from now.
fn open_window(definition: &mut Definition, first: DateTime<Utc>, now: DateTime<Utc>) {
    let (closes_at, ends_at) = ends(now);
    let settings = &mut definition.settings;
    settings.opens_at = first - chrono::TimeDelta::hours(12);
    settings.announced_on = Some(day_in_new_zealand(settings.opens_at - chrono::TimeDelta::days(63)));
    settings.closes_at = Some(closes_at);
    settings.allocation_ends_at = Some(ends_at);
}

/// An application under way.
#[derive(Clone, Copy)]
struct InHand {
    id: ApplicationId,
    version: i32,
}

struct Maker<'a> {
    app: &'a App,
    people: People,
    employers: BTreeMap<String, EmployerRow>,
    terms: Terms,
    cases: BTreeMap<usize, InHand>,
    /// What employers have shown to a body: body, employer, name.
    shown: BTreeSet<(String, String, String)>,
    /// Records of employers that a body has looked at: body, employer.
    seen: BTreeSet<(String, EmployerId)>,
    acts: usize,
}

impl Maker<'_> {
    async fn step(&mut self, planned: &Planned, row: &Row, course: Course) -> Acted<()> {
        let index = planned.row;
        match planned.step {
            Step::Create => self.create(index, row).await,
            Step::Submit => self.submit(index, row).await,
            Step::Assign => self.assign(index, row).await,
            Step::Assess(most) => self.assess(index, row, course, most).await,
            Step::Recommend => self.recommend(index, row, course).await,
            Step::Confirm => self.confirm(index, row).await,
            Step::Beside(beside) => self.beside(beside, index, row, course).await,
        }
    }

    async fn create(&mut self, index: usize, row: &Row) -> Acted<()> {
        let scope = self.people.agent_of(&row.employer)?.for_employers()?;
        let employer =
            self.employers.get(&row.employer).ok_or_else(|| Fault::stored("demo", "no employer"))?;
        let today = day_in_new_zealand(self.app.db.clock().now());
        let command = CreateApplication {
            app: self.app,
            scope: scope.clone(),
            exception: row.exception.clone(),
            body: row.body.clone(),
            employer: Nzbn::parse(&employer.nzbn).map_err(bad_row)?,
            interest: None,
            changes: changes(row, employer)?,
            job_title: Line::parse(&row.job_title).map_err(bad_row)?,
            pay: pay(row)?,
            worker: worker(index, row, today)?,
        };
        let id = self.app.db.perform(&scope, None, &command).await?;
        self.acts += 1;
        self.cases.insert(index, InHand { id, version: 1 });
        let (body, employer) = (&row.body, &row.employer);
        let programme = (body.clone(), employer.clone(), row.programme.clone());
        if !row.programme.is_empty() && self.shown.insert(programme) {
            self.show(index, row, EvidenceKind::Programme, &row.programme, true).await?;
        }
        let membership = (body.clone(), employer.clone(), format!("member of {}", row.membership));
        if !row.membership.is_empty() && self.shown.insert(membership) {
            self.show(index, row, EvidenceKind::Membership, &row.membership, true).await?;
        }
        self.show(index, row, EvidenceKind::EmploymentAgreement, "Employment agreement", false).await
    }

    async fn show(
        &mut self,
        index: usize,
        row: &Row,
        kind: EvidenceKind,
        title: &str,
        of_employer: bool,
    ) -> Acted<()> {
        let scope = self.people.agent_of(&row.employer)?.for_employers()?;
        let record = NewEvidence {
            kind,
            criterion: None,
            title: Line::parse(title).map_err(bad_row)?,
            issuer: None,
            reference: None,
            url: None,
            valid_from: None,
            expires_on: None,
            of_employer,
        };
        let InHand { id, version } = self.in_hand(index)?;
        let command = AddEvidence { app: self.app, scope: scope.clone(), id, version, record };
        self.app.db.perform(&scope, None, &command).await?;
        self.moved(index);
        Ok(())
    }

    async fn submit(&mut self, index: usize, row: &Row) -> Acted<()> {
        let scope = self.people.agent_of(&row.employer)?.for_employers()?;
        let InHand { id, version } = self.in_hand(index)?;
        let command = SubmitApplication {
            app: self.app,
            scope: scope.clone(),
            id,
            version,
            declaration: true,
            told_on: Some(day_in_new_zealand(self.app.db.clock().now())),
        };
        self.app.db.perform(&scope, None, &command).await?;
        self.moved(index);
        Ok(())
    }

    async fn assign(&mut self, index: usize, row: &Row) -> Acted<()> {
        let scope = self.staff(index, row, "lead")?.in_body(Permission::Assign)?;
        let assessor = self.people.person(&handle(index, row, "assessor"))?;
        let InHand { id, .. } = self.in_hand(index)?;
        let command = AssignApplications {
            app: self.app,
            scope: scope.clone(),
            ids: vec![id],
            assessor: Some(assessor),
        };
        self.app.db.perform(&scope, None, &command).await?;
        self.moved(index);
        Ok(())
    }

    async fn assess(&mut self, index: usize, row: &Row, course: Course, most: Option<usize>) -> Acted<()> {
        let scope = self.staff(index, row, "assessor")?.in_body(Permission::Assess)?;
        self.look_at_evidence(index, row).await?;
        let criteria: Vec<_> =
            self.terms.criteria.iter().map(|criterion| (criterion.code.clone(), criterion.kind)).collect();
        for (criterion, kind) in criteria.into_iter().take(most.unwrap_or(usize::MAX)) {
            let outcome = finding(&self.terms, row, course, kind);
            let is_role = kind == CriterionKind::Role && outcome == AssessmentOutcome::Met;
            let role = if is_role { role_finding(row)? } else { RoleFinding::default() };
            let InHand { id, version } = self.in_hand(index)?;
            let (app, scope) = (self.app, scope.clone());
            let command = RecordAssessment {
                app,
                scope: scope.clone(),
                id,
                version,
                criterion,
                outcome,
                role,
                note: None,
            };
            self.app.db.perform(&scope, None, &command).await?;
            self.moved(index);
        }
        Ok(())
    }

    /// Looks at what the employer has shown to the body, the first time that it comes up.
    async fn look_at_evidence(&mut self, index: usize, row: &Row) -> Acted<()> {
        let employer = self.people.employer(&row.employer)?;
        if !self.seen.insert((row.body.clone(), employer)) {
            return Ok(());
        }
        let scope = self.staff(index, row, "assessor")?.in_body(Permission::Assess)?;
        let reader = CaseloadScope::Body(scope.clone());
        let records = evidence::load_of_employers(&self.app.db.read(&reader), &reader, &[employer]).await?;
        for record in records {
            let (app, scope) = (self.app, scope.clone());
            let (evidence, genuine) = (record.id, true);
            let command =
                VerifyEvidence { app, scope: scope.clone(), evidence, genuine, expires_on: None, note: None };
            self.app.db.perform(&scope, None, &command).await?;
            self.acts += 1;
        }
        Ok(())
    }

    async fn recommend(&mut self, index: usize, row: &Row, course: Course) -> Acted<()> {
        let scope = self.staff(index, row, "assessor")?.in_body(Permission::Assess)?;
        let declining = course.declines();
        let advice = Advice {
            outcome: if declining { RecommendationOutcome::Decline } else { RecommendationOutcome::Endorse },
            reasons: if declining { vec![reason(&self.terms, row)] } else { Vec::new() },
            note: None,
        };
        let InHand { id, version } = self.in_hand(index)?;
        let command = Recommend { app: self.app, scope: scope.clone(), id, version, advice };
        self.app.db.perform(&scope, None, &command).await?;
        self.moved(index);
        Ok(())
    }

    async fn confirm(&mut self, index: usize, row: &Row) -> Acted<()> {
        let scope = self.staff(index, row, "lead")?.in_body(Permission::Confirm)?;
        let InHand { id, version } = self.in_hand(index)?;
        let command = Confirm { app: self.app, scope: scope.clone(), id, version, note: None };
        self.app.db.perform(&scope, None, &command).await?;
        self.acts += 1;
        Ok(())
    }

    fn staff(&self, index: usize, row: &Row, role: &str) -> Result<Viewer, Fault> {
        self.people.viewer(&handle(index, row, role))
    }

    fn in_hand(&self, index: usize) -> Result<InHand, Fault> {
        self.cases.get(&index).copied().ok_or_else(|| Fault::stored("demo", "a step before its creation"))
    }

    /// One act was done, which moved the application's version.
    fn moved(&mut self, index: usize) {
        self.acts += 1;
        if let Some(case) = self.cases.get_mut(&index) {
            case.version += 1;
        }
    }
}

/// Two people share the work of each role.
fn handle(index: usize, row: &Row, role: &str) -> String {
    if index.is_multiple_of(2) { format!("{}-{role}", row.body) } else { format!("{}-{role}-2", row.body) }
}

fn changes(row: &Row, employer: &EmployerRow) -> Acted<Changes> {
    let set = |text: &str| Line::parse(text).map(Patch::Set).map_err(bad_row);
    Ok(Changes {
        contact_name: set(&format!("Contact of {}", employer.name))?,
        contact_email: Patch::Set(Email::parse(&employer.contact_email()).map_err(bad_row)?),
        duties: Patch::Set(Text::parse(&row.duties()).map_err(bad_row)?),
        region: set(&employer.region)?,
        ..Changes::default()
    })
}

fn worker(index: usize, row: &Row, today: chrono::NaiveDate) -> Acted<WorkerDetails> {
    let state = CountryCode::parse(&row.nationality).map_err(bad_row)?;
    Ok(WorkerDetails {
        family_name: Line::parse(&row.family).map_err(bad_row)?,
        given_names: Some(Line::parse(&row.given).map_err(bad_row)?),
        date_of_birth: Birthday::new(row.born, today).map_err(bad_row)?,
        nationality: CountryCode::parse_nationality(&row.nationality).map_err(bad_row)?,
        email: Patch::Set(Email::parse(&rows::worker_email(index)).map_err(bad_row)?),
        passport_state: Patch::Set(state),
        passport_number: Patch::Set(PassportNumber::parse(&row.passport).map_err(bad_row)?),
        passport_expires_on: Patch::of(rows::passport_expires_on(index, today)),
        offshore: true,
    })
}

fn pay(row: &Row) -> Result<Pay, Fault> {
    Pay::parse(row.salary, "NZD", PayPeriod::Year, row.hours)
        .map_err(|why| Fault::stored("demo", format!("{why:?}")))
}

fn role_finding(row: &Row) -> Acted<RoleFinding> {
    Ok(RoleFinding {
        role: Some(Line::parse(&row.role).map_err(bad_row)?),
        occupation_code: Some(Line::parse(&row.occupation).map_err(bad_row)?),
    })
}

/// What an assessor of the demo finds.
fn finding(terms: &Terms, row: &Row, course: Course, kind: CriterionKind) -> AssessmentOutcome {
    let declining = course.declines();
    match kind {
        CriterionKind::Role if row.role.is_empty() => AssessmentOutcome::NotMet,
        CriterionKind::Pay if declining && is_below(terms, row) => AssessmentOutcome::NotMet,
        CriterionKind::Evidence if row.programme.is_empty() || row.membership.is_empty() => {
            AssessmentOutcome::NotClear
        }
        CriterionKind::Role | CriterionKind::Pay | CriterionKind::Evidence | CriterionKind::Declaration => {
            AssessmentOutcome::Met
        }
    }
}

fn reason(terms: &Terms, row: &Row) -> DecisionReason {
    if row.role.is_empty() {
        DecisionReason::RoleNotApproved
    } else if is_below(terms, row) {
        DecisionReason::PayBelowThreshold
    } else {
        DecisionReason::EvidenceInsufficient
    }
}

fn is_below(terms: &Terms, row: &Row) -> bool {
    let minimum = terms.role(&row.role).map_or(Decimal::ZERO, |role| role.minimum_pay);
    row.salary < minimum
}

fn bad_row(why: impl std::fmt::Display) -> Fault {
    Fault::stored("demo", why)
}
