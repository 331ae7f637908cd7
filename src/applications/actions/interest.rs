//! An expression of interest: registered by anybody, and turned into a draft by its employer.
//!
//! Whether the service knows an employer with the number is not looked at, so that nobody can learn it here.
//! History has no event of it: the row is never changed, and tells by itself what happened.

use entity::{BodyId, ExceptionId, InterestId, PersonId, application, interest};
use serde_json::json;

use super::draft::no_such_role;
use super::parties::{find_body, find_exception};
use crate::app::App;
use crate::applications::details::ShortText;
use crate::applications::rules::{Limit, fits, has_room, may_register, will_take_applications};
use crate::applications::store::interest as store;
use crate::db::{Command, Tx};
use crate::error::{Acted, UserError};
use crate::exceptions::rules::Window;
use crate::keys::Source;
use crate::tenancy::{CaseloadScope, EmployerScope};
use crate::values::email::Email;
use crate::values::nzbn::Nzbn;

/// Somebody tells a body that an employer means to apply.
#[derive(Clone, Debug)]
pub struct RegisterInterest<'a> {
    /// The service.
    pub app: &'a App,
    /// Where it comes from.
    pub source: Source,
    /// Slug of the class exception.
    pub exception: String,
    /// Slug of the body.
    pub body: String,
    /// The employer's name.
    pub legal_name: ShortText,
    /// Its number, where it has one.
    pub nzbn: Option<Nzbn>,
    /// Where the body can write to.
    pub contact_email: Email,
    /// How many workers it expects to need; within `EXPECTED_WORKERS`.
    pub expected_workers: i32,
    /// Codes of approved roles; may be empty.
    pub roles: Vec<String>,
}

impl Command for RegisterInterest<'_> {
    type Answer = InterestId;
    const NAME: &'static str = "registerInterest";

    fn asker(&self) -> Option<PersonId> {
        Some(PersonId(self.source.uuid()))
    }

    async fn run(&self, tx: &Tx) -> Acted<InterestId> {
        let exception = find_exception(tx, &self.exception).await?;
        may_register(Window::from(&exception), tx.now())?;
        let body = find_body(tx, &exception, &self.body, will_take_applications).await?;
        let known = self.app.shelf.terms(tx.conn(), exception.id, exception.revision).await?;
        let named = self.roles.iter().enumerate();
        let unknown = named.filter(|(_, code)| known.terms.role(code).is_none());
        let unknown: Vec<_> = unknown.map(|(at, _)| no_such_role(&known, &format!("roles.{at}"))).collect();
        if !unknown.is_empty() {
            return Err(unknown.into());
        }
        let contact_hash = self.app.keys.contact_hash(&self.contact_email);
        // Who registers has no rows of their own, not even this one: it is counted and kept for the body by the service.
        let across = tx.across_tenants().await?;
        self.check_room(tx, (exception.id, body.id), &contact_hash).await?;
        let interest = self.row(tx, (exception.id, exception.revision), body.id, contact_hash);
        let id = interest.id;
        store::insert(tx, interest).await?;
        across.end().await?;
        Ok(id)
    }
}

impl RegisterInterest<'_> {
    /// The source's limit is always taken before the contact's, so that nobody waits crosswise.
    async fn check_room(
        &self,
        tx: &Tx,
        (exception, body): (ExceptionId, BodyId),
        contact_hash: &str,
    ) -> Acted<()> {
        let source = self.source.hex();
        tx.lock_limit("source of interest", &source).await?;
        let newest = store::newest_from(tx, &source, Limit::Source.most()).await?;
        has_room(Limit::Source, &newest, tx.now())?;
        tx.lock_limit("contact of interest", &format!("{exception}|{body}|{contact_hash}")).await?;
        let newest = store::newest_naming(tx, exception, body, contact_hash, Limit::Contact.most()).await?;
        Ok(has_room(Limit::Contact, &newest, tx.now())?)
    }

    fn row(
        &self,
        tx: &Tx,
        (exception_id, terms_revision): (ExceptionId, i32),
        body_id: BodyId,
        contact_hash: String,
    ) -> interest::Model {
        interest::Model {
            id: tx.new_id(),
            exception_id,
            terms_revision,
            body_id,
            legal_name: self.legal_name.as_str().to_owned(),
            nzbn: self.nzbn.map(|nzbn| nzbn.to_string()),
            contact_email: self.contact_email.as_str().to_owned(),
            contact_hash,
            expected_workers: self.expected_workers,
            roles: json!(self.roles),
            source: self.source.hex(),
            created_at: tx.now(),
        }
    }
}

/// Makes a new draft one that comes of an expression of interest, whose contact it takes where it has none.
pub(super) async fn come_of(
    tx: &Tx,
    scope: &EmployerScope,
    id: InterestId,
    employer: Nzbn,
    application: &mut application::Model,
) -> Acted<()> {
    let found = store::load_by_ids(tx.conn(), &CaseloadScope::Employers(scope.clone()), &[id]).await?.pop();
    let interest = found.ok_or_else(|| UserError::not_found("interest", "expression of interest"))?;
    fits(&interest, application, employer)?;
    application.interest_id = Some(id);
    application.contact_email.get_or_insert(interest.contact_email);
    Ok(())
}
