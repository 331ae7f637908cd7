//! The list of the demo: released twice and acknowledged, with a correction and a revocation between the two, and a third
//! release that waits to be attested.

use entity::{AmendmentStatus, BodyId, ReleaseId, application, release_section};

use super::{Maker, bad_row};
use crate::applications::actions::{AmendNomination, ConfirmAmendment, RevokeNomination};
use crate::applications::details::{Changes, LongText};
use crate::applications::store::{caseload, standing};
use crate::error::{Acted, Failure, Fault, UserErrorCode};
use crate::jobs::{self, Job};
use crate::releases::actions::{AcknowledgeRelease, AttestRelease, PrepareRelease, PublishRelease};
use crate::releases::store::{lines, read};
use crate::tenancy::{BodyScope, CaseloadScope, ListScope, Permission};
use crate::values::text::{Line, Text};

/// Slugs of the bodies.
const BODIES: [&str; 2] = ["itp", "nztech"];
/// Lines that are looked through for one to correct and one to revoke.
pub(super) const LOOKED_AT: u64 = 20;

impl Maker<'_> {
    /// A release that is attested by all, published and acknowledged; none where nothing is nominated yet.
    pub(super) async fn release(&mut self, exception: &str) -> Acted<Option<ReleaseId>> {
        let Some(id) = self.prepare_release(exception).await? else { return Ok(None) };
        let (app, officer) = (self.app, self.people.viewer("inz-officer")?);
        for section in self.sections(id).await? {
            let scope = self.lead_of(section.body_id)?;
            let attest = AttestRelease { scope: scope.clone(), release: id, digest: section.digest };
            app.db.perform(&scope, None, &attest).await?;
        }
        let scope = self.lead(BODIES[0])?;
        let publish = PublishRelease { app, scope: scope.clone(), release: id };
        app.db.perform(&scope, None, &publish).await?;
        let all = officer.releases();
        let seen = read::load(&app.db.read(&all), &all, &[id]).await?.remove(&id);
        let digest = seen.ok_or_else(|| Fault::stored("demo", "a release is gone"))?.digest;
        let agency = officer.in_shared(Permission::AcknowledgeRelease)?;
        app.db.perform(&agency, None, &AcknowledgeRelease { app, release: id, digest }).await?;
        self.acts += 4;
        Ok(Some(id))
    }

    /// A release that is frozen; none where nothing is nominated yet.
    pub(super) async fn prepare_release(&mut self, exception: &str) -> Acted<Option<ReleaseId>> {
        let scope = self.lead(BODIES[1])?;
        let exception = Line::parse(exception).map_err(bad_row)?;
        // A release carries the head of what is sealed by then.
        jobs::run(Job::Seal, self.app).await?;
        let prepare = PrepareRelease { app: self.app, scope: scope.clone(), exception };
        match self.app.db.perform(&scope, None, &prepare).await {
            Err(Failure::Refused(errors)) if errors[0].code == UserErrorCode::WrongStatus => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// Of each body's lines in a release one is corrected and one revoked, so that the next has something to tell.
    pub(super) async fn change_listed(&mut self, release: ReleaseId) -> Acted<()> {
        for section in self.sections(release).await? {
            let slug = self.slug_of(section.body_id)?;
            let lead = self.lead(slug)?;
            let mut left = self.untouched(release, &section, &lead).await?.into_iter();
            if let Some(first) = left.next() {
                self.correct(slug, &first).await?;
            }
            if let Some(application::Model { id, version, .. }) = left.next() {
                let reason = words("The employer has closed the position.")?;
                let revoke = RevokeNomination { app: self.app, scope: lead.clone(), id, version, reason };
                self.app.db.perform(&lead, None, &revoke).await?;
                self.acts += 1;
            }
        }
        Ok(())
    }

    async fn correct(&mut self, slug: &str, nomination: &application::Model) -> Acted<()> {
        let (app, id) = (self.app, nomination.id);
        let assessor = self.people.viewer(&format!("{slug}-assessor"))?.in_body(Permission::Assess)?;
        let title = Line::parse(&format!("Senior {}", nomination.job_title)).map_err(bad_row)?;
        let changes = Changes { job_title: Some(title), ..Changes::default() };
        let (version, reason) = (nomination.version, words("The signed agreement has this title.")?);
        let amend = AmendNomination { app, scope: assessor.clone(), id, version, reason, changes };
        app.db.perform(&assessor, None, &amend).await?;
        let lead = self.lead(slug)?;
        let waiting = standing::proposed_on(&app.db.read(&lead), &lead, &[id]).await?;
        let waiting = waiting.into_iter().find(|one| one.status == AmendmentStatus::Proposed);
        let amendment = waiting.ok_or_else(|| Fault::stored("demo", "no correction waits"))?.id;
        let (version, accept, note) = (version + 1, true, None);
        let confirm = ConfirmAmendment { app, scope: lead.clone(), id, version, amendment, accept, note };
        app.db.perform(&lead, None, &confirm).await?;
        self.acts += 2;
        Ok(())
    }

    /// Nominations of a section that nothing waits on.
    async fn untouched(
        &self,
        release: ReleaseId,
        section: &release_section::Model,
        lead: &BodyScope,
    ) -> Acted<Vec<application::Model>> {
        let reader = CaseloadScope::Body(lead.clone());
        let (conn, list) = (&self.app.db.read(&reader), ListScope::Caseload(reader.clone()));
        let of = (release, section.body_id);
        let lines = lines::piece_of_section(conn, &list, of, 0, LOOKED_AT).await?;
        let ids: Vec<_> = lines.into_iter().map(|line| line.application_id).collect();
        let busy = standing::proposed_on(conn, lead, &ids).await?;
        let mut found = caseload::load_by_ids(conn, &reader, &ids).await?;
        found.retain(|one| {
            one.status == entity::ApplicationStatus::Nominated
                && !busy.iter().any(|waiting| waiting.application_id == one.id)
        });
        found.sort_unstable_by_key(|one| one.id);
        Ok(found)
    }

    pub(super) async fn sections(&self, release: ReleaseId) -> Acted<Vec<release_section::Model>> {
        let scope = self.people.viewer("nztech-lead")?.releases();
        Ok(read::sections_of(&self.app.db.read(&scope), &scope, &[release]).await?)
    }

    fn slug_of(&self, body: BodyId) -> Result<&'static str, Failure> {
        let own = |slug: &&&str| self.lead(slug).is_ok_and(|lead| lead.body() == body);
        let found = BODIES.iter().find(own).copied();
        Ok(found.ok_or_else(|| Fault::stored("demo", "a body without a lead"))?)
    }

    pub(super) fn lead_of(&self, body: BodyId) -> Result<BodyScope, Failure> {
        self.lead(self.slug_of(body)?)
    }

    fn lead(&self, slug: &str) -> Result<BodyScope, Failure> {
        self.people.viewer(&format!("{slug}-lead"))?.in_body(Permission::Release)
    }
}

fn words(text: &str) -> Acted<LongText> {
    Ok(Text::parse(text).map_err(bad_row)?)
}
