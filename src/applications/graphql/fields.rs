//! What hangs on an application, loaded for a whole page at once, and what a viewer may read of it.
//!
//! How the body works on a case (findings, advice, whose hands it is in) is for the body alone: to employers those
//! fields are null, whatever stands there.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Result};
use entity::{ApplicationStatus, assessment, assessment_round};
use futures_util::try_join;

use super::application::Application;
use super::evidence::{self, Evidence};
use super::kinds::{ApplicationAction, ApplicationFlag};
use super::loaders::{
    ConflictsWith, ExpiredQuestionOn, FindingsOn, PlaceOf, QueueOf, RoundsOf, TwinOf, WorkerOf, cases, there,
};
use super::parts::{Assessment, Decision, Recommendation, Remuneration, Worker};
use super::timeline::{self, ApplicationEventConnection};
use crate::applications::details::pay_of;
use crate::applications::rules::{
    Case, Hand, Noticeable, Records, as_the_employer_knows, available, eligibility_of, flags_of,
    is_with_the_employer, standing_findings,
};
use crate::error::{Fault, Found};
use crate::exceptions::graphql::{self as exceptions, ApprovedRole, EligibilityResult};
use crate::exceptions::rules::Eligibility;
use crate::exceptions::store::{Current, KnownTerms};
use crate::people::graphql::{Body, Employer, Person, load_body, load_employer, load_person};
use crate::quota::graphql::Place;
use crate::schema::class_exception::ClassException;
use crate::schema::{self, PageArgs, page_cost};

#[ComplexObject]
impl Application {
    /// What is to be noticed about it beside its status.
    async fn flags(&self, ctx: &Context<'_>) -> Result<Vec<ApplicationFlag>> {
        let evidence = evidence::load_for(ctx, &self.row).await?;
        let conflicts = cases(ctx).load_one(ConflictsWith(self.row.employer_id)).await?;
        let (twin, question) = try_join!(
            cases(ctx).load_one(TwinOf(self.row.id)),
            cases(ctx).load_one(ExpiredQuestionOn(self.row.id)),
        )?;
        let flags = flags_of(&Noticeable {
            application: &self.row,
            evidence: &evidence,
            terms: &self.terms(ctx).await?.terms,
            by_employer: self.inside().is_none(),
            conflict_declared: conflicts.is_some_and(|declared| !declared.is_empty()),
            question_expired: question.is_some(),
            has_twin: twin.is_some(),
            now: schema::app(ctx).db.clock().now(),
        });
        Ok(flags.into_iter().map(Into::into).collect())
    }

    /// Under which it was made.
    async fn class_exception(&self, ctx: &Context<'_>) -> Result<ClassException> {
        Ok(ClassException::of(self.exception(ctx).await?))
    }

    /// Which body it is made to.
    async fn body(&self, ctx: &Context<'_>) -> Result<Body> {
        Ok(there("body", load_body(ctx, self.row.body_id).await?)?)
    }

    /// Who wants to employ the worker.
    async fn employer(&self, ctx: &Context<'_>) -> Result<Employer> {
        Ok(there("employer", load_employer(ctx, self.row.employer_id).await?)?)
    }

    /// The approved role, as the terms had it; null until the employer, the check or an assessor has settled it.
    async fn role(&self, ctx: &Context<'_>) -> Result<Option<ApprovedRole>> {
        let Some(code) = &self.row.role_code else { return Ok(None) };
        let (slug, known) = (&self.exception(ctx).await?.row.slug, self.terms(ctx).await?);
        Ok(ApprovedRole::find(slug, &known, code))
    }

    /// Guaranteed pay, before tax.
    #[expect(clippy::unused_async, reason = "the macro awaits every resolver")]
    async fn remuneration(&self) -> Result<Remuneration> {
        Ok(pay_of(&self.row)?.into())
    }

    /// Whom it is for.
    async fn worker(&self, ctx: &Context<'_>) -> Result<Worker> {
        let worker = cases(ctx).load_one(WorkerOf(self.row.id)).await?;
        Ok(there("worker", worker)?.into())
    }

    /// The criteria as they stood when it was submitted; while the employer writes it, as it would come out now.
    async fn eligibility(&self, ctx: &Context<'_>) -> Result<EligibilityResult> {
        let (slug, known) = (&self.exception(ctx).await?.row.slug, self.terms(ctx).await?);
        let kept = self.snapshot()?.filter(|_| !is_with_the_employer(self.row.status));
        let result = match kept {
            Some(kept) => kept,
            None => self.check(ctx, &known).await?,
        };
        Ok(EligibilityResult::of(slug, &known, result))
    }

    /// All records that count for it, the employer's own at this body among them, oldest first; at most 100.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<Evidence>> {
        Ok(evidence::shown(evidence::load_for(ctx, &self.row).await?)?)
    }

    /// The findings of the current round, one for each criterion that was assessed. Null to employers.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn assessments(&self, ctx: &Context<'_>) -> Result<Option<Vec<Assessment>>> {
        if self.inside().is_none() {
            return Ok(None);
        }
        let findings = self.findings(ctx).await?;
        let standing = standing_findings(&findings, self.row.round).into_iter().cloned();
        Ok(Some(standing.map(Into::into).collect()))
    }

    /// The assessor's advice in the current round. Null before it is given, and to employers.
    async fn recommendation(&self, ctx: &Context<'_>) -> Result<Option<Recommendation>> {
        if self.inside().is_none() {
            return Ok(None);
        }
        let round = self.round(ctx).await?;
        Ok(round.as_ref().map(Recommendation::try_from).transpose()?)
    }

    /// What the second person decided in the current round; null before that.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        let Some(round) = self.round(ctx).await? else { return Ok(None) };
        Ok(Decision::of(&round, self.inside().is_none())?)
    }

    /// The place that it holds; null where it holds none.
    async fn place(&self, ctx: &Context<'_>) -> Result<Option<Place>> {
        Ok(cases(ctx).load_one(PlaceOf(self.row.id)).await?.map(Place::from))
    }

    /// How many are due before it, and it: 1 is next. Null unless it is due a place, and beyond the first 2,000.
    async fn queue_position(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        if self.row.status != ApplicationStatus::Confirmed {
            return Ok(None);
        }
        let queue = cases(ctx).load_one(QueueOf(self.row.exception_id)).await?;
        Ok(queue.and_then(|positions| positions.get(&self.row.id).copied()))
    }

    /// What this viewer may do now. Each may still be refused for what it says.
    async fn available_actions(&self, ctx: &Context<'_>) -> Result<Vec<ApplicationAction>> {
        let (hand, now) = (Hand::of(&self.scope), schema::app(ctx).db.clock().now());
        let (findings, rounds) = (self.findings(ctx).await?, self.rounds(ctx).await?);
        let conflicts = cases(ctx).load_one(ConflictsWith(self.row.employer_id)).await?.unwrap_or_default();
        let conflicted: Vec<_> = conflicts.iter().map(|declared| declared.person_id).collect();
        let records = Records {
            application: &self.row,
            exception: &self.exception(ctx).await?.row,
            findings: &findings,
            rounds: &rounds,
            conflicted: &conflicted,
        };
        let case = Case::of(&records, hand.person(), now);
        Ok(available(hand, &case, now).into_iter().map(Into::into).collect())
    }

    /// What happened to it, oldest first. Employers read what concerns them, not how the body works before it
    /// decides.
    #[graphql(complexity = "10 + page_cost(first, last, child_complexity)")]
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many events from the start, or after `after`; at most 100.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Cursor of the event that the page begins after.")] after: Option<String>,
        #[graphql(desc = "How many events from the end, or before `before`; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor of the event that the page ends before.")] before: Option<String>,
    ) -> Result<ApplicationEventConnection> {
        timeline::page(ctx, self, &PageArgs { first, after, last, before }).await
    }

    /// In whose hands it is. Null while it is in nobody's, and to employers.
    async fn assessor(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let assessor = self.row.assessor_id.filter(|_| self.inside().is_some());
        let Some(assessor) = assessor else { return Ok(None) };
        load_person(ctx, assessor).await
    }
}

impl Application {
    async fn exception(&self, ctx: &Context<'_>) -> Result<Arc<Current>> {
        let exception = exceptions::load(ctx, self.row.exception_id).await?;
        Ok(there("class exception", exception)?)
    }

    /// What it is held against: the terms it was submitted under, and those of today while the employer writes it.
    async fn terms(&self, ctx: &Context<'_>) -> Result<Arc<KnownTerms>> {
        if is_with_the_employer(self.row.status) {
            return Ok(Arc::clone(&self.exception(ctx).await?.known));
        }
        exceptions::terms_at(ctx, self.row.exception_id, self.row.terms_revision).await
    }

    /// The check as it would come out if it was submitted now.
    async fn check(&self, ctx: &Context<'_>, known: &KnownTerms) -> Result<Eligibility> {
        let worker = there("worker", cases(ctx).load_one(WorkerOf(self.row.id)).await?)?;
        let evidence = evidence::load_for(ctx, &self.row).await?;
        let evidence = match self.inside() {
            Some(_) => evidence,
            None => as_the_employer_knows(self.row.status, &evidence),
        };
        let pay = pay_of(&self.row)?;
        let checked = eligibility_of(known, &self.row, pay, worker.offshore, &evidence, true);
        let checked: Found<_> = checked.map_err(|errors| Fault::stored("job", format!("{errors:?}")));
        Ok(checked?)
    }

    /// The findings in all rounds; none for who may not read them.
    async fn findings(&self, ctx: &Context<'_>) -> Result<Vec<assessment::Model>> {
        Ok(cases(ctx).load_one(FindingsOn(self.row.id)).await?.unwrap_or_default())
    }

    async fn rounds(&self, ctx: &Context<'_>) -> Result<Vec<assessment_round::Model>> {
        Ok(cases(ctx).load_one(RoundsOf(self.row.id)).await?.unwrap_or_default())
    }

    async fn round(&self, ctx: &Context<'_>) -> Result<Option<assessment_round::Model>> {
        Ok(self.rounds(ctx).await?.into_iter().find(|round| round.round == self.row.round))
    }
}
