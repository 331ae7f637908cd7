//! An application is taken back: withdrawn by the employer, revoked by the body. What it held goes back and is passed on
//! in the same transaction; done as a rehearsal, the same code tells what would come of it.

use entity::{ApplicationId, ApplicationStatus, EventKind, application};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::places::{Served, give_places};
use super::{Opened, open_at_gate};
use crate::app::App;
use crate::applications::details::LongText;
use crate::applications::rules::{Action, Impact, Next};
use crate::db::{Command, Gate, Tx};
use crate::error::{Acted, Found};
use crate::quota;
use crate::quota::rules::Returned;
use crate::tenancy::{BodyScope, CaseloadScope, EmployerScope};

/// An application that was taken back, and what that set off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// Which application.
    pub id: ApplicationId,
    /// What it set off.
    pub impact: Impact,
}

/// The employer withdraws an application.
#[derive(Clone, Debug)]
pub struct WithdrawApplication<'a> {
    /// The service.
    pub app: &'a App,
    /// For whom.
    pub scope: EmployerScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Why; the body reads it.
    pub reason: LongText,
}

impl Command for WithdrawApplication<'_> {
    type Answer = TakenBack;
    const NAME: &'static str = "withdrawApplication";

    async fn run(&self, tx: &Tx) -> Acted<TakenBack> {
        let scope = CaseloadScope::Employers(self.scope.clone());
        let (opened, gate) = open_at_gate(tx, self.app, &scope, self.id, self.version).await?;
        let act = TakeBack {
            action: Action::Withdraw,
            to: ApplicationStatus::Withdrawn,
            event: EventKind::Withdrawn,
            reason: &self.reason,
        };
        act.run(tx, self.app, &scope, opened, gate.as_ref()).await
    }
}

/// A lead revokes what the body has confirmed.
#[derive(Clone, Debug)]
pub struct RevokeNomination<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Why; the employer reads it.
    pub reason: LongText,
}

impl Command for RevokeNomination<'_> {
    type Answer = TakenBack;
    const NAME: &'static str = "revokeNomination";

    async fn run(&self, tx: &Tx) -> Acted<TakenBack> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let (opened, gate) = open_at_gate(tx, self.app, &scope, self.id, self.version).await?;
        let act = TakeBack {
            action: Action::Revoke,
            to: ApplicationStatus::Revoked,
            event: EventKind::Revoked,
            reason: &self.reason,
        };
        act.run(tx, self.app, &scope, opened, gate.as_ref()).await
    }
}

struct TakeBack<'a> {
    action: Action,
    to: ApplicationStatus,
    event: EventKind,
    reason: &'a LongText,
}

impl TakeBack<'_> {
    async fn run(
        &self,
        tx: &Tx,
        app: &App,
        scope: &CaseloadScope,
        mut opened: Opened,
        gate: Option<&Gate<'_>>,
    ) -> Acted<TakenBack> {
        opened.may(tx, self.action)?;
        // Whoever is due before is next for what comes free. Whoever the act itself makes due holds the place of a worker
        // or of an employer that the viewer may know nothing of.
        let due = match gate {
            Some(gate) => quota::store::first_due(gate).await?.map(|first| first.application_id),
            None => None,
        };
        let returned = match gate {
            Some(gate) => leave_quota(gate, &opened.application, &self.event.word()).await?,
            None => Returned::Nothing,
        };
        opened.ends(tx, self.action, self.to).await?;
        opened.application.end_reason = Some(self.reason.as_str().to_owned());
        let detail = json!({ "place": returned.place() });
        let (saved, told) = opened.save_telling(tx, self.event, detail).await?;
        let served = match gate {
            Some(gate) => give_places(gate, app).await?,
            None => Vec::new(),
        };
        let impact = Impact::of(returned, next(scope, returned, due, &served));
        // What is being prepared is for the bodies alone.
        let told = if matches!(scope, CaseloadScope::Body(_)) { told } else { Vec::new() };
        Ok(TakenBack { id: saved.id, impact: impact.and(told) })
    }
}

/// Takes a confirmed application out of the queue, and a nominated one's place back.
pub(super) async fn leave_quota(
    gate: &Gate<'_>,
    application: &application::Model,
    reason: &str,
) -> Found<Returned> {
    if application.status == ApplicationStatus::Confirmed {
        quota::actions::leave_queue(gate, application.id).await?;
        return Ok(Returned::Nothing);
    }
    quota::actions::give_back(gate, application.id, reason).await
}

/// Who is next, as far as this viewer may know: those of the viewer's own body, and for employers their own that were due
/// before. That another's is next is told only where it was due before, as the shared figures tell too.
fn next(scope: &CaseloadScope, returned: Returned, due: Option<ApplicationId>, served: &[Served]) -> Next {
    if !matches!(returned, Returned::Freed { .. }) {
        return Next::Nobody;
    }
    let was_due = |one: &&Served| Some(one.application) == due;
    let own = |one: &&Served| match scope {
        CaseloadScope::Body(scope) => scope.body() == one.body,
        CaseloadScope::Employers(scope) => was_due(one) && scope.employers().contains(&one.employer),
    };
    let first = served.iter().find(was_due);
    match first.filter(own).or_else(|| served.iter().find(|one| first.is_none() && own(one))) {
        Some(next) => Next::Own(next.reference.clone()),
        None if first.is_some() => Next::Another,
        None => Next::Nobody,
    }
}
