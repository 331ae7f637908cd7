//! What hangs on an application, loaded for a whole page at once, and what a viewer may read of it.
//!
//! How the body works on a case (findings, advice, whose hands it is in) is for the body alone: to employers those
//! fields are null, whatever stands there.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Result};
use entity::{ApplicationStatus, TurnBackKind, assessment, assessment_round, turn_back};
use futures_util::try_join;

use super::agency::AgencyCase;
use super::amendment::Amendment;
use super::application::Application;
use super::evidence::{self, Evidence};
use super::kinds::{ApplicationAction, ApplicationFlag};
use super::loaders::{
    AgencyCaseOf, AmendmentOf, ConflictsWith, ExpiredQuestionOn, FindingsOn, PlaceOf, QuestionsOn, QueueOf,
    RoundsOf, StandingOf, SuccessorOf, TurnBacksOf, TwinOf, WorkerOf, cases, there,
};
use super::parts::{Assessment, Decision, Recommendation, Remuneration, Worker};
use super::question::InformationRequest;
use super::timeline::{self, ApplicationEventConnection};
use crate::applications::details::pay_of;
use crate::applications::rules::{
    Case, Hand, Noticeable, Records, Standing, as_the_employer_knows, available, eligibility_of, flags_of,
    is_with_the_employer, lacks_notice, standing_findings, verifiers,
};
use crate::clock::day_in_new_zealand;
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
    #[graphql(complexity = 3)]
    async fn flags(&self, ctx: &Context<'_>) -> Result<Vec<ApplicationFlag>> {
        let evidence = evidence::load_for(ctx, &self.row).await?;
        let conflicts = cases(ctx).load_one(ConflictsWith(self.row.employer_id)).await?;
        let (twin, question) = try_join!(
            cases(ctx).load_one(TwinOf(self.row.id)),
            cases(ctx).load_one(ExpiredQuestionOn(self.row.id)),
        )?;
        let now = schema::app(ctx).db.clock().now();
        let today = day_in_new_zealand(now);
        // Until the day on which it matters nothing is looked up.
        let worker =
            if lacks_notice(None, today) { cases(ctx).load_one(WorkerOf(self.row.id)).await? } else { None };
        let flags = flags_of(&Noticeable {
            application: &self.row,
            lacks_notice: worker.is_some_and(|worker| lacks_notice(worker.told_on, today)),
            evidence: &evidence,
            terms: &self.terms(ctx).await?.terms,
            by_employer: self.inside().is_none(),
            conflict_declared: conflicts.is_some_and(|declared| !declared.is_empty()),
            question_expired: question.is_some(),
            has_twin: twin.is_some(),
            now,
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
        if self.row.purged_at.is_some() {
            return Ok(Worker::purged());
        }
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
        let standing = standing_findings(&findings, &self.row).into_iter().cloned();
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

    /// Where its case stands at the agency. Null before a release first carries it.
    async fn agency_case(&self, ctx: &Context<'_>) -> Result<Option<AgencyCase>> {
        Ok(cases(ctx).load_one(AgencyCaseOf(self.row.id)).await?.map(Into::into))
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
    #[graphql(complexity = 3)]
    async fn available_actions(&self, ctx: &Context<'_>) -> Result<Vec<ApplicationAction>> {
        let (hand, now) = (Hand::of(&self.scope), schema::app(ctx).db.clock().now());
        let (findings, rounds) = (self.findings(ctx).await?, self.rounds(ctx).await?);
        let conflicts = cases(ctx).load_one(ConflictsWith(self.row.employer_id)).await?.unwrap_or_default();
        let conflicted: Vec<_> = conflicts.iter().map(|one| one.person_id).collect();
        let turn_backs = self.turn_backs(ctx).await?;
        // Who has looked at what is the body's own business, and stands against none of the employer's acts.
        let evidence = match self.inside() {
            Some(_) => evidence::load_for(ctx, &self.row).await?,
            None => Vec::new(),
        };
        let replaces = match self.row.supersedes_id {
            Some(old) => cases(ctx).load_one(StandingOf(old)).await?,
            None => None,
        };
        let standing = cases(ctx).load_one(StandingOf(self.row.id)).await?;
        let records = Records {
            application: &self.row,
            exception: &self.exception(ctx).await?.row,
            findings: &findings,
            rounds: &rounds,
            turn_backs: &turn_backs,
            verifiers: &verifiers(&evidence, &self.row),
            conflicted: &conflicted,
            standing: standing.unwrap_or_else(|| Standing::new(self.row.status)),
            replaces,
        };
        let case = Case::of(&records, hand.person(), now);
        Ok(available(hand, &case, now).into_iter().map(Into::into).collect())
    }

    /// What the body has asked the employer, oldest first.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn information_requests(&self, ctx: &Context<'_>) -> Result<Vec<InformationRequest>> {
        let found = cases(ctx).load_one(QuestionsOn(self.row.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// What is missing, in the body's words, while it is returned. Null otherwise.
    async fn return_note(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if self.row.status != ApplicationStatus::Returned {
            return Ok(None);
        }
        self.note_of(ctx, TurnBackKind::Returned).await
    }

    /// Why a second person sent the advice back in the current round, in the words for colleagues; the newest. Null where
    /// nobody did, and to employers.
    async fn send_back_note(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if self.inside().is_none() {
            return Ok(None);
        }
        self.note_of(ctx, TurnBackKind::SentBack).await
    }

    /// The correction that waits for a second person. Null where none does, and to employers.
    async fn pending_amendment(&self, ctx: &Context<'_>) -> Result<Option<Amendment>> {
        let found = cases(ctx).load_one(AmendmentOf(self.row.id)).await?;
        Ok(found.map(Amendment::try_from).transpose()?)
    }

    /// The nomination in whose stead it was begun, for another worker. Null where there is none.
    async fn supersedes(&self, ctx: &Context<'_>) -> Result<Option<Self>> {
        match self.row.supersedes_id {
            Some(old) => super::load_application(ctx, old).await,
            None => Ok(None),
        }
    }

    /// The application that was begun in its stead, for another worker: the newest that the viewer may see. It takes the
    /// place over once it is confirmed. Null where there is none.
    async fn superseded_by(&self, ctx: &Context<'_>) -> Result<Option<Self>> {
        let found = cases(ctx).load_one(SuccessorOf(self.row.id)).await?;
        Ok(found.map(|row| Self::of(row, self.scope.clone())))
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
        let worker = cases(ctx).load_one(WorkerOf(self.row.id)).await?;
        let offshore = match worker {
            None if self.row.purged_at.is_some() => false,
            worker => there("worker", worker)?.offshore,
        };
        let evidence = evidence::load_for(ctx, &self.row).await?;
        let evidence = match self.inside() {
            Some(_) => evidence,
            None => as_the_employer_knows(self.row.status, &evidence),
        };
        let pay = pay_of(&self.row)?;
        let checked = eligibility_of(known, &self.row, pay, offshore, &evidence, true);
        let checked: Found<_> = checked.map_err(|errors| Fault::stored("job", format!("{errors:?}")));
        Ok(checked?)
    }

    /// The findings in all rounds; none for who may not read them.
    async fn findings(&self, ctx: &Context<'_>) -> Result<Vec<assessment::Model>> {
        Ok(cases(ctx).load_one(FindingsOn(self.row.id)).await?.unwrap_or_default())
    }

    async fn turn_backs(&self, ctx: &Context<'_>) -> Result<Vec<turn_back::Model>> {
        Ok(cases(ctx).load_one(TurnBacksOf(self.row.id)).await?.unwrap_or_default())
    }

    /// The newest note of a kind in the current round.
    async fn note_of(&self, ctx: &Context<'_>, kind: TurnBackKind) -> Result<Option<String>> {
        let mut turned = self.turn_backs(ctx).await?.into_iter().rev();
        Ok(turned.find(|one| one.kind == kind && one.round == self.row.round).map(|one| one.note))
    }

    async fn rounds(&self, ctx: &Context<'_>) -> Result<Vec<assessment_round::Model>> {
        Ok(cases(ctx).load_one(RoundsOf(self.row.id)).await?.unwrap_or_default())
    }

    async fn round(&self, ctx: &Context<'_>) -> Result<Option<assessment_round::Model>> {
        Ok(self.rounds(ctx).await?.into_iter().find(|round| round.round == self.row.round))
    }
}
