//! What is sent to act on releases.

use async_graphql::{ID, InputObject};
use entity::ReleaseId;

use crate::app::App;
use crate::applications::details::{LongText, ShortText};
use crate::error::{Acted, UserError, UserErrorCode};
use crate::releases::actions::{
    AbandonRelease, AcknowledgeRelease, AttestRelease, PrepareRelease, PublishRelease, RevealPassport,
};
use crate::schema::GlobalId;
use crate::schema::scalars::Sha256;
use crate::tenancy::{BodyScope, RevealScope};
use crate::values::reference::Reference;
use crate::values::slug::is_slug;

fn release(id: &ID) -> Result<ReleaseId, UserError> {
    GlobalId::parse(id, "release")
}

/// The next release of the combined list.
#[derive(InputObject)]
pub struct PrepareReleaseInput {
    /// Makes it safe to send again: the same key and input prepare one release once.
    idempotency_key: Option<String>,
    /// Slug of the class exception, e.g. specialist-tech.
    class_exception: String,
}

impl PrepareReleaseInput {
    pub(super) fn command(self, app: &App, scope: BodyScope) -> Acted<PrepareRelease<'_>> {
        let slug = ShortText::parse(&self.class_exception).ok();
        let slug = slug.filter(|slug| is_slug(slug.as_str()));
        let exception = slug.ok_or_else(|| UserError::no_such_exception("classException"))?;
        Ok(PrepareRelease { app, scope, exception })
    }
}

/// A body's section that it answers for.
#[derive(InputObject)]
pub struct AttestReleaseInput {
    /// Makes it safe to send again: the same key and input attest once.
    idempotency_key: Option<String>,
    /// Which release.
    release: ID,
    /// The digest of the viewer's own section, as the body computed it.
    digest: Sha256,
}

impl AttestReleaseInput {
    pub(super) fn command(&self, scope: BodyScope) -> Acted<AttestRelease> {
        Ok(AttestRelease { scope, release: release(&self.release)?, digest: self.digest.0.to_string() })
    }
}

/// A release that goes to the agency.
#[derive(InputObject)]
pub struct PublishReleaseInput {
    /// Makes it safe to send again: the same key and input publish once.
    idempotency_key: Option<String>,
    /// Which release.
    release: ID,
}

impl PublishReleaseInput {
    pub(super) fn command(self, app: &App, scope: BodyScope) -> Acted<PublishRelease<'_>> {
        Ok(PublishRelease { app, scope, release: release(&self.release)? })
    }
}

/// A release that is given up.
#[derive(InputObject)]
pub struct AbandonReleaseInput {
    /// Makes it safe to send again: the same key and input abandon it once.
    idempotency_key: Option<String>,
    /// Which release.
    release: ID,
    /// Why; all bodies read it.
    reason: String,
    /// Answers what it would set off, and does nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

impl AbandonReleaseInput {
    pub(super) fn command(&self, scope: BodyScope) -> Acted<AbandonRelease> {
        let release = release(&self.release)?;
        let is_blank = self.reason.trim().is_empty();
        let code = if is_blank { UserErrorCode::Required } else { UserErrorCode::Invalid };
        let reason =
            LongText::parse(&self.reason).map_err(|why| UserError::at(code, "reason", why.to_string()))?;
        Ok(AbandonRelease { scope, release, reason })
    }
}

/// A passport that is to be read whole.
#[derive(InputObject)]
pub struct RevealPassportInput {
    /// Makes it safe to send again: the same key and input are put on record once.
    idempotency_key: Option<String>,
    /// Reference of the application, e.g. NZT-7K4Q2H.
    reference: String,
}

impl RevealPassportInput {
    pub(super) fn command(self, app: &App, scope: RevealScope) -> Acted<RevealPassport<'_>> {
        let reference = Reference::parse(&self.reference);
        let reference = reference.map_err(|_| UserError::not_found("reference", "application"))?.to_string();
        Ok(RevealPassport { app, scope, reference })
    }
}

/// A release that the agency has received.
#[derive(InputObject)]
pub struct AcknowledgeReleaseInput {
    /// Makes it safe to send again: the same key and input acknowledge once.
    idempotency_key: Option<String>,
    /// Which release.
    release: ID,
    /// Its digest, as the agency computed it from what it received.
    digest: Sha256,
}

impl AcknowledgeReleaseInput {
    pub(super) fn command(self, app: &App) -> Acted<AcknowledgeRelease<'_>> {
        let release = release(&self.release)?;
        Ok(AcknowledgeRelease { app, release, digest: self.digest.0.to_string() })
    }
}
