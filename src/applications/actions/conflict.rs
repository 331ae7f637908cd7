//! A conflict of interest with an employer, declared by one of the body's people.

use entity::{ApplicationId, EventKind, conflict};

use super::assign::put_all_into_hands;
use super::open;
use crate::app::App;
use crate::applications::details::LongText;
use crate::applications::rules::Action;
use crate::applications::store::case;
use crate::db::{Command, Tx};
use crate::error::{Acted, UserError, UserErrorCode};
use crate::history::{self, Event};
use crate::tenancy::{BodyScope, CaseloadScope};
use crate::values::nzbn::Nzbn;

/// One of the body's people declares a conflict with an employer. From then on they judge none of its
/// applications; what they have in assessment goes back to the queue.
#[derive(Clone, Debug)]
pub struct DeclareConflict<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// The application that it came up with.
    pub id: ApplicationId,
    /// Its employer, named once more so that nobody declares by mistake.
    pub employer: Nzbn,
    /// Why; for the body alone.
    pub reason: LongText,
}

impl Command for DeclareConflict<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "declareConflict";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let opened = open(tx, self.app, &scope, self.id, None).await?;
        opened.may(tx, Action::DeclareConflict)?;
        // A conflict is declared before anything of the employer comes to the body as well.
        let across = tx.across_tenants().await?;
        let employer = case::find_employer(tx, &self.employer.to_string()).await?;
        across.end().await?;
        if employer.is_none_or(|employer| employer.id != opened.application.employer_id) {
            let message = "This is not the employer of the application. Check the NZBN.";
            return Err(UserError::at(UserErrorCode::Invalid, "employer", message).into());
        }
        let row = conflict::Model {
            person_id: self.scope.person(),
            employer_id: opened.application.employer_id,
            body_id: self.scope.body(),
            reason: self.reason.as_str().to_owned(),
            declared_at: tx.now(),
        };
        case::save_conflict(tx, row).await?;
        let event = Event::of_application(EventKind::ConflictDeclared, &opened.application);
        history::record(tx, [event]).await?;
        let in_hand = case::lock_in_the_hands_of(tx, &self.scope, opened.application.employer_id).await?;
        put_all_into_hands(tx, in_hand, None).await?;
        Ok(self.id)
    }
}
