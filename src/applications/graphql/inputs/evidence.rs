//! What is sent about records of evidence: added and taken out by the employer, looked at by the body.

use async_graphql::{ID, InputObject};

use super::reader::Reader;
use super::today;
use crate::app::App;
use crate::applications::actions::{AddEvidence, RemoveEvidence, VerifyEvidence};
use crate::applications::details::{LongText, NewEvidence, ShortText};
use crate::applications::graphql::kinds::EvidenceKind;
use crate::error::{Acted, UserErrorCode};
use crate::schema::scalars::{Date, Url};
use crate::tenancy::{BodyScope, EmployerScope};
use crate::values::dates::check_expiry;
use crate::values::web_address::WebAddress;

/// A record of evidence, until the assessor has advised.
#[derive(InputObject)]
pub struct AddEvidenceInput {
    /// Makes it safe to send again: the same key and input add one record.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// What it is.
    kind: EvidenceKind,
    /// Code of the criterion that it is to show, where its kind does not say it.
    criterion: Option<String>,
    /// What it is called, e.g. the programme's or the document's name.
    title: String,
    /// Programme, body or issuer.
    issuer: Option<String>,
    /// Membership or document number.
    reference: Option<String>,
    /// Where it can be seen.
    url: Option<Url>,
    /// Its first day.
    valid_from: Option<Date>,
    /// Its last day: today or later.
    expires_on: Option<Date>,
    /// Keep it as the employer's, for all of its applications to this body.
    #[graphql(default)]
    of_employer: bool,
}

impl AddEvidenceInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: EmployerScope) -> Acted<AddEvidence<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let title = reader.need("title", &self.title, ShortText::parse);
        let criterion = reader.maybe("criterion", self.criterion.as_deref(), ShortText::parse);
        let issuer = reader.maybe("issuer", self.issuer.as_deref(), ShortText::parse);
        let reference = reader.maybe("reference", self.reference.as_deref(), ShortText::parse);
        let url = reader.maybe("url", self.url.as_ref().map(Url::as_str), WebAddress::parse);
        let valid_from = self.valid_from.map(|day| day.0);
        let expires_on = self.expires_on.map(|day| day.0);
        let expires_on = expires_on.and_then(|day| reader.take("expiresOn", check_expiry(day, today(app))));
        if valid_from.zip(expires_on).is_some_and(|(first, last)| last < first) {
            let message = "Its last day lies before its first: check both.";
            reader.refuse(UserErrorCode::Invalid, "expiresOn", message);
        }
        let (id, title) = reader.finish(id.zip(title))?;
        let record = NewEvidence {
            kind: self.kind.into(),
            criterion,
            title,
            issuer,
            reference,
            url,
            valid_from,
            expires_on,
            of_employer: self.of_employer,
        };
        Ok(AddEvidence { app, scope, id, version: self.version, record })
    }
}

/// A record that is to be taken out of a draft.
#[derive(InputObject)]
pub struct RemoveEvidenceInput {
    /// Makes it safe to send again: the same key and input take it out once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// One of the application's records, or of its employer's at the same body. One that the body has looked at
    /// stays, and so does one of the employer while the body has an application that it counts for.
    evidence: ID,
}

impl RemoveEvidenceInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Where an id is of nothing.
    pub fn command(self, app: &App, scope: EmployerScope) -> Acted<RemoveEvidence<'_>> {
        let mut reader = Reader::default();
        let (id, evidence) = (reader.id("id", &self.id), reader.id("evidence", &self.evidence));
        let (id, evidence) = reader.finish(id.zip(evidence))?;
        Ok(RemoveEvidence { app, scope, id, version: self.version, evidence })
    }
}

/// What one of the body's people has seen of a record of evidence.
#[derive(InputObject)]
pub struct VerifyEvidenceInput {
    /// Makes it safe to send again: the same key and input are recorded once.
    idempotency_key: Option<String>,
    /// Which record.
    evidence: ID,
    /// Whether it is what it says it is. One that is not counts for no criterion.
    genuine: bool,
    /// Its last day, where the look has shown another; it may have passed.
    expires_on: Option<Date>,
    /// For colleagues; employers never read it.
    note: Option<String>,
}

impl VerifyEvidenceInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<VerifyEvidence<'_>> {
        let mut reader = Reader::default();
        let evidence = reader.id("evidence", &self.evidence);
        let note = reader.maybe("note", self.note.as_deref(), LongText::parse);
        let evidence = reader.finish(evidence)?;
        let expires_on = self.expires_on.map(|day| day.0);
        Ok(VerifyEvidence { app, scope, evidence, genuine: self.genuine, expires_on, note })
    }
}
