//! A lead turns a case back: to assessment, to the employer, or from its end to a new round.

use entity::{ApplicationId, ApplicationStatus, EventKind, TurnBackKind, assessment_round, turn_back};

use super::{Opened, clocks, nothing_more, open};
use crate::app::App;
use crate::applications::details::LongText;
use crate::applications::rules::Action;
use crate::applications::store::{case, standing};
use crate::db::{Command, Tx};
use crate::error::{Acted, Found};
use crate::tenancy::{BodyScope, CaseloadScope};

/// The second person disagrees with the advice: back to assessment. The advice stays on record, and its adviser has taken
/// part in the round.
#[derive(Clone, Debug)]
pub struct SendBack<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Why; for colleagues.
    pub note: LongText,
}

impl Command for SendBack<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "sendBack";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        if let Err(refusal) = opened.may(tx, Action::SendBack) {
            return Err(super::missing_lead(tx, &self.scope, refusal).await?);
        }
        let round = opened.current_round()?;
        case::delete_round(tx, &round).await?;
        keep(tx, &opened, &self.scope, TurnBackKind::SentBack, &self.note, Some(round)).await?;
        let application = &mut opened.application;
        // Whoever has declared a conflict since does not get it back.
        application.assessor_id = application.assessor_id.filter(|one| !opened.conflicted.contains(one));
        opened.moves(Action::SendBack, ApplicationStatus::InAssessment);
        Ok(opened.save(tx, EventKind::SentBack, nothing_more()).await?.id)
    }
}

/// A lead returns an application to the employer as incomplete, without a verdict. It may be changed and submitted again.
#[derive(Clone, Debug)]
pub struct ReturnApplication<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// What is missing; the employer reads it.
    pub note: LongText,
}

impl Command for ReturnApplication<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "returnApplication";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        if let Err(refusal) = opened.may(tx, Action::Return) {
            return Err(super::missing_lead(tx, &self.scope, refusal).await?);
        }
        keep(tx, &opened, &self.scope, TurnBackKind::Returned, &self.note, None).await?;
        opened.ends(tx, Action::Return, ApplicationStatus::Returned).await?;
        opened.application.assessor_id = None;
        Ok(opened.save(tx, EventKind::Returned, nothing_more()).await?.id)
    }
}

/// A lead who took no part sends what was declined or returned back to assessment: a new round, by new people.
#[derive(Clone, Debug)]
pub struct Reconsider<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Why; for colleagues.
    pub note: LongText,
}

impl Command for Reconsider<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "reconsider";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        if let Err(refusal) = opened.may(tx, Action::Reconsider) {
            return Err(super::missing_lead(tx, &self.scope, refusal).await?);
        }
        keep(tx, &opened, &self.scope, TurnBackKind::Reconsidered, &self.note, None).await?;
        let known = opened.known.clone();
        let application = &mut opened.application;
        application.round += 1;
        application.assessor_id = None;
        application.ended_at = None;
        clocks::start(application, &known.terms, tx.now());
        opened.moves(Action::Reconsider, ApplicationStatus::InAssessment);
        Ok(opened.save(tx, EventKind::Reconsidered, nothing_more()).await?.id)
    }
}

async fn keep(
    tx: &Tx,
    opened: &Opened,
    scope: &BodyScope,
    kind: TurnBackKind,
    note: &LongText,
    advice: Option<assessment_round::Model>,
) -> Found<()> {
    let row = turn_back::Model {
        id: tx.new_id(),
        application_id: opened.application.id,
        body_id: scope.body(),
        round: opened.application.round,
        kind,
        note: note.as_str().to_owned(),
        turned_by: scope.person(),
        at: tx.now(),
        advice: advice.as_ref().map(|round| round.advice),
        advice_reasons: advice.as_ref().map(|round| round.advice_reasons.clone()),
        advised_by: advice.as_ref().map(|round| round.advised_by),
        advised_at: advice.as_ref().map(|round| round.advised_at),
        advice_note: advice.and_then(|round| round.advice_note),
    };
    standing::insert_turn_back(tx, row).await
}
