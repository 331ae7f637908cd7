//! What comes beside the straight way, by the people whose it is: the same acts as everybody's.

use chrono::NaiveDate;
use entity::application;

use super::{InHand, Maker, bad_row, reason, worker};
use crate::applications::actions::{
    AmendNomination, AnswerInformationRequest, Decline, HoldApplication, ReplaceWorker, RequestInformation,
    ReturnApplication, RevokeNomination, WithdrawApplication,
};
use crate::applications::details::{Changes, LongText, Patch, WorkerDetails};
use crate::applications::store::{caseload, questions};
use crate::clock::day_in_new_zealand;
use crate::demo::plan::{Beside, Course};
use crate::demo::rows::Row;
use crate::error::{Acted, Fault};
use crate::tenancy::{CaseloadScope, EmployerScope, Permission};
use crate::values::passport::PassportNumber;
use crate::values::text::{Line, Text};

impl Maker<'_> {
    pub(super) async fn beside(
        &mut self,
        beside: Beside,
        index: usize,
        row: &Row,
        course: Course,
    ) -> Acted<()> {
        match beside {
            Beside::Withdraw | Beside::Answer => self.by_employer(beside, index, row).await?,
            Beside::Ask | Beside::Amend => self.by_assessor(beside, index, row).await?,
            Beside::Return | Beside::Hold | Beside::Decline | Beside::Revoke => {
                self.by_lead(beside, index, row).await?;
            }
            Beside::Replace => self.replace(index, row, course).await?,
        }
        self.acts += 1;
        Ok(())
    }

    async fn by_employer(&self, beside: Beside, index: usize, row: &Row) -> Acted<()> {
        let (app, scope) = (self.app, self.people.agent_of(&row.employer)?.for_employers()?);
        let application::Model { id, version, .. } = self.current(index, &scope).await?;
        if beside == Beside::Withdraw {
            let reason = words("The worker has taken another offer.")?;
            let command = WithdrawApplication { app, scope: scope.clone(), id, version, reason };
            app.db.perform(&scope, None, &command).await?;
            return Ok(());
        }
        let reader = CaseloadScope::Employers(scope.clone());
        let asked = questions::load_of_applications(&app.db.read(&reader), &reader, &[id]).await?;
        let request = asked.first().ok_or_else(|| Fault::stored("demo", "nothing was asked"))?.id;
        let answer = words("It is in the second schedule of the agreement.")?;
        let command = AnswerInformationRequest { app, scope: scope.clone(), id, version, request, answer };
        app.db.perform(&scope, None, &command).await?;
        Ok(())
    }

    async fn by_assessor(&self, beside: Beside, index: usize, row: &Row) -> Acted<()> {
        let (app, scope) = (self.app, self.staff(index, row, "assessor")?.in_body(Permission::Assess)?);
        let agent = self.people.agent_of(&row.employer)?.for_employers()?;
        let application::Model { id, version, .. } = self.current(index, &agent).await?;
        if beside == Beside::Ask {
            let question = words("Which hours does the agreement guarantee?")?;
            let command = RequestInformation {
                app,
                scope: scope.clone(),
                id,
                version,
                criterion: None,
                question,
                due_on: None,
            };
            app.db.perform(&scope, None, &command).await?;
            return Ok(());
        }
        let changes = Changes {
            job_title: Some(Line::parse("Software Engineer").map_err(bad_row)?),
            ..Changes::default()
        };
        let reason = words("The agreement has another title.")?;
        let command = AmendNomination { app, scope: scope.clone(), id, version, reason, changes };
        app.db.perform(&scope, None, &command).await?;
        Ok(())
    }

    async fn by_lead(&self, beside: Beside, index: usize, row: &Row) -> Acted<()> {
        let (app, scope) = (self.app, self.staff(index, row, "lead")?.in_body(Permission::Confirm)?);
        let agent = self.people.agent_of(&row.employer)?.for_employers()?;
        let application::Model { id, version, .. } = self.current(index, &agent).await?;
        match beside {
            Beside::Return => {
                let note = words("The agreement is not signed. Add the signed one and submit again.")?;
                let command = ReturnApplication { app, scope: scope.clone(), id, version, note };
                app.db.perform(&scope, None, &command).await?;
            }
            Beside::Hold => {
                let reason = words("The employer asked to wait for the board.")?;
                let command = HoldApplication { app, scope: scope.clone(), id, version, reason };
                app.db.perform(&scope, None, &command).await?;
            }
            Beside::Decline => {
                let reasons = vec![reason(&self.terms, row)];
                let command = Decline { app, scope: scope.clone(), id, version, reasons, note: None };
                app.db.perform(&scope, None, &command).await?;
            }
            Beside::Revoke => {
                let reason = words("The position no longer exists.")?;
                let command = RevokeNomination { app, scope: scope.clone(), id, version, reason };
                app.db.perform(&scope, None, &command).await?;
            }
            Beside::Withdraw | Beside::Ask | Beside::Answer | Beside::Amend | Beside::Replace => {
                return Err(Fault::stored("demo", format!("{beside:?} is not a lead's")).into());
            }
        }
        Ok(())
    }

    /// Another worker in the nomination's stead, whose application goes the whole way at once.
    async fn replace(&mut self, index: usize, row: &Row, course: Course) -> Acted<()> {
        let (app, scope) = (self.app, self.people.agent_of(&row.employer)?.for_employers()?);
        let application::Model { id, version, .. } = self.current(index, &scope).await?;
        let worker = another(index, row, day_in_new_zealand(app.db.clock().now()))?;
        let reason = words("The first worker has taken another offer.")?;
        let command = ReplaceWorker { app, scope: scope.clone(), id, version, worker, reason };
        let id = app.db.perform(&scope, None, &command).await?;
        self.cases.insert(index, InHand { id, version: 1 });
        self.submit(index, row).await?;
        self.assign(index, row).await?;
        self.assess(index, row, course, None).await?;
        self.recommend(index, row, course).await?;
        self.confirm(index, row).await
    }

    /// The row's application as it stands: what nominates it moves its version as well.
    async fn current(&self, index: usize, scope: &EmployerScope) -> Acted<application::Model> {
        let reader = CaseloadScope::Employers(scope.clone());
        let id = self.in_hand(index)?.id;
        let found = caseload::load_by_ids(&self.app.db.read(&reader), &reader, &[id]).await?.pop();
        Ok(found.ok_or_else(|| Fault::stored("demo", "an application is gone"))?)
    }
}

/// Another worker of the same nationality.
fn another(index: usize, row: &Row, today: NaiveDate) -> Acted<WorkerDetails> {
    let first = worker(index, row, today)?;
    Ok(WorkerDetails {
        family_name: Line::parse(&row.given).map_err(bad_row)?,
        given_names: Some(Line::parse(&row.family).map_err(bad_row)?),
        passport_number: Patch::Set(PassportNumber::parse(&format!("R{index:07}")).map_err(bad_row)?),
        ..first
    })
}

fn words(text: &str) -> Acted<LongText> {
    Ok(Text::parse(text).map_err(bad_row)?)
}
