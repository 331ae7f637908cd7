//! Acting for an employer: somebody asks a body, a lead approves, every other body that has something of the employer is
//! asked and approves as well, and where others act for the employer already, one of them lets the newcomer in.

use entity::{BodyId, EmployerClaimId, EmployerClaimStatus, EventKind, PersonId, employer_claim};
use serde_json::json;

use crate::db::{Command, Tx};
use crate::error::{Acted, Fault, UserError, UserErrorCode};
use crate::history::{self, Event};
use crate::people::rules::claims::{
    Concerned, Decider, Decision, WAITING_MAX, as_the_body_knows, decided, is_agreed,
};
use crate::people::store::{self, claims, members};
use crate::tenancy::{BodyScope, CaseloadScope, EmployerScope};
use crate::values::nzbn::Nzbn;
use crate::values::text::Line;

/// Somebody asks to act for an employer.
#[derive(Clone, Debug)]
pub struct RegisterEmployer {
    /// Who, and for whom they act already.
    pub scope: EmployerScope,
    /// The employer's number.
    pub nzbn: Nzbn,
    /// The name that it is registered under.
    pub legal_name: Line<200>,
    /// Slug of the body that is asked.
    pub body: String,
}

impl Command for RegisterEmployer {
    type Answer = EmployerClaimId;
    const NAME: &'static str = "registerEmployer";

    async fn run(&self, tx: &Tx) -> Acted<EmployerClaimId> {
        let body = store::find_body(tx.conn(), &self.body).await?;
        let body = body.ok_or_else(|| UserError::not_found("body", "body"))?.id;
        let who = self.scope.person();
        tx.lock_limit("claims", &who.to_string()).await?;
        let own = CaseloadScope::Employers(self.scope.clone());
        if store::find_employer_in(tx.conn(), &own, self.nzbn).await?.is_some() {
            let message = "You act for this employer already.";
            return Err(UserError::at(UserErrorCode::Duplicate, "nzbn", message).into());
        }
        self.check_room(tx, who, body).await?;
        let row = employer_claim::Model {
            id: tx.new_id(),
            person_id: who,
            body_id: body,
            nzbn: self.nzbn.to_string(),
            legal_name: self.legal_name.as_str().to_owned(),
            status: EmployerClaimStatus::Asked,
            created_at: tx.now(),
            decided_at: None,
            decided_by: None,
            accepted_by: None,
            reason: None,
        };
        let id = row.id;
        claims::insert(tx, row).await?;
        let detail = json!({ "claim": id });
        history::record(tx, [Event::of_people(EventKind::EmployerClaimed, Some(body)).with(detail)]).await?;
        Ok(id)
    }
}

impl RegisterEmployer {
    async fn check_room(&self, tx: &Tx, who: PersonId, body: BodyId) -> Acted<()> {
        let waiting = claims::waiting_of(tx, who).await?;
        if waiting.iter().any(|claim| claim.nzbn == self.nzbn.to_string() && claim.body_id == body) {
            let message = "You have asked this body to act for this employer already: wait for the answer.";
            return Err(UserError::at(UserErrorCode::Duplicate, "nzbn", message).into());
        }
        if u64::try_from(waiting.len()).unwrap_or(u64::MAX) >= WAITING_MAX {
            let message =
                format!("{WAITING_MAX} of your requests wait for an answer: wait until one is decided.");
            return Err(UserError::new(UserErrorCode::TooMany, message).into());
        }
        Ok(())
    }
}

/// Who decides, as far as they may.
#[derive(Clone, Debug)]
pub enum DecidingScope {
    /// A lead, on what came to their body.
    Lead(BodyScope),
    /// Somebody who acts for employers, on who else does.
    Agent(EmployerScope),
}

/// It is decided who may act for an employer.
#[derive(Clone, Debug)]
pub struct DecideEmployerClaim {
    /// Who decides.
    pub scope: DecidingScope,
    /// On which request.
    pub id: EmployerClaimId,
    /// What.
    pub decision: Decision,
}

impl Command for DecideEmployerClaim {
    type Answer = EmployerClaimId;
    const NAME: &'static str = "decideEmployerClaim";

    async fn run(&self, tx: &Tx) -> Acted<EmployerClaimId> {
        let (decider, who, seen_as) = match &self.scope {
            DecidingScope::Lead(scope) => (Decider::Lead, scope.person(), CaseloadScope::Body(scope.clone())),
            DecidingScope::Agent(scope) => {
                (Decider::Agent, scope.person(), CaseloadScope::Employers(scope.clone()))
            }
        };
        let unknown = || UserError::not_found("id", "request to act for an employer");
        let seen = claims::find_visible(tx.conn(), &seen_as, self.id).await?.ok_or_else(unknown)?;
        // Who comes first to an employer and who comes next is settled here, one after the other.
        tx.lock_limit("agents", &seen.nzbn).await?;
        let claim = claims::find_visible(tx.conn(), &seen_as, self.id).await?.ok_or_else(unknown)?;
        let nzbn = Nzbn::parse(&claim.nzbn).map_err(|why| Fault::stored("employer claim", why))?;
        // Who acts for an employer already, which bodies have something of it, and under which row it is known, is told to
        // neither body nor newcomer.
        let across = tx.across_tenants().await?;
        let has_conflict = claims::has_conflict(tx, who, nzbn).await?;
        let status =
            decided(&claim, (decider, who), &self.decision, has_conflict).map_err(UserError::from)?;
        let (person, was) = (claim.person_id, claim.status);
        self.save(tx, claim, (decider, who), status).await?;
        if status == EmployerClaimStatus::Approved {
            let approved = claims::of_employer(tx, person, nzbn, status).await?;
            let concerned = Concerned {
                bodies: claims::bodies_that_know(tx, nzbn).await?,
                has_agents: claims::has_agents(tx, nzbn).await?,
            };
            if is_agreed(&approved, &concerned) {
                self.accept(tx, nzbn, approved).await?;
            }
        } else if was == EmployerClaimStatus::Accepted {
            let employer = store::find_or_add_employer(tx, nzbn, &seen.legal_name).await?;
            members::remove_agent(tx, person, employer).await?;
            claims::take_back(
                tx,
                person,
                nzbn,
                &[EmployerClaimStatus::Accepted, EmployerClaimStatus::Approved],
            )
            .await?;
        } else if decider == Decider::Agent {
            claims::take_back(tx, person, nzbn, &[EmployerClaimStatus::Approved]).await?;
        }
        across.end().await?;
        Ok(self.id)
    }
}

impl DecideEmployerClaim {
    async fn save(
        &self,
        tx: &Tx,
        mut claim: employer_claim::Model,
        (decider, who): (Decider, PersonId),
        status: EmployerClaimStatus,
    ) -> Acted<()> {
        let was = claim.status;
        claim.status = status;
        let kind = match decider {
            Decider::Lead => {
                claim.decided_at = Some(tx.now());
                claim.decided_by = Some(who);
                // What a lead declines is declined by the body, whoever let them in or out before.
                claim.accepted_by = None;
                EventKind::EmployerClaimDecided
            }
            Decider::Agent => {
                claim.accepted_by = Some(who);
                EventKind::EmployerClaimAccepted
            }
        };
        if let Decision::Decline(reason) = &self.decision {
            claim.reason = Some(reason.clone());
        }
        // What the employer's own people decide is not the body's to know.
        let body = matches!(decider, Decider::Lead).then_some(claim.body_id);
        let told = if body.is_some() { as_the_body_knows(&claim).0 } else { status };
        let detail = json!({ "claim": claim.id, "status": told });
        claims::save(tx, claim, was).await?;
        history::record(tx, [Event::of_people(kind, body).with(detail)]).await?;
        Ok(())
    }

    /// Everybody has said yes: they act for the employer from now on. That is on record for no body.
    async fn accept(&self, tx: &Tx, nzbn: Nzbn, approved: Vec<employer_claim::Model>) -> Acted<()> {
        let Some(first) = approved.first() else { return Ok(()) };
        let employer = store::find_or_add_employer(tx, nzbn, &first.legal_name).await?;
        members::add_agent(tx, first.person_id, employer).await?;
        let mut events = Vec::new();
        for claim in approved {
            let status = EmployerClaimStatus::Accepted;
            let detail = json!({ "claim": claim.id, "status": status });
            events.push(Event::of_people(EventKind::EmployerClaimAccepted, None).with(detail));
            let was = claim.status;
            claims::save(tx, employer_claim::Model { status, ..claim }, was).await?;
        }
        Ok(history::record(tx, events).await?)
    }
}
