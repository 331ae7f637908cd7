//! Releases made by their own acts, by a lead of a body or an officer of the agency.

use entity::{
    AgencyStatus, ApplicationId, ReleaseId, agency_case, held_back, place, release, release_line,
    release_section, release_state,
};
use nominations::applications::details::LongText;
use nominations::error::{Acted, Failure, UserErrorCode};
use nominations::keys::TextPlace;
use nominations::releases::actions::{
    AbandonRelease, AcknowledgeRelease, AttestRelease, PrepareRelease, PublishRelease,
};
use nominations::releases::rules::Content;
use nominations::tenancy::{BodyScope, Permission, SharedScope};
use nominations::values::text::Line;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::World;
use super::caseload::{staff_scope, viewer};
use super::cast::{ITP, ITP_LEAD, NZTECH_LEAD, OFFICER, Tenant};

/// The scope of a body's lead.
pub fn lead(body: &Tenant) -> BodyScope {
    let lead = if body.slug == ITP.slug { &ITP_LEAD } else { &NZTECH_LEAD };
    staff_scope(lead, Permission::Release)
}

/// The scope of an officer of the agency.
pub fn officer() -> SharedScope {
    viewer(&OFFICER).in_shared(Permission::AcknowledgeRelease).expect("a scope")
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(acted: Acted<T>) -> UserErrorCode {
    match acted {
        Err(Failure::Refused(errors)) => errors[0].code,
        other => panic!("it was not refused: {other:?}"),
    }
}

impl World {
    /// The body's lead prepares the next release.
    pub async fn prepare(&self, body: &Tenant) -> Acted<ReleaseId> {
        self.wait_minutes(1);
        let exception = Line::parse("specialist-tech").expect("a line");
        let command = PrepareRelease { app: &self.app, scope: lead(body), exception };
        self.app.db.perform(&command.scope, None, &command).await
    }

    /// The body's lead attests a digest.
    pub async fn attest(&self, body: &Tenant, release: ReleaseId, digest: &str) -> Acted<ReleaseId> {
        let command = AttestRelease { scope: lead(body), release, digest: digest.to_owned() };
        self.app.db.perform(&command.scope, None, &command).await
    }

    /// The body's lead publishes.
    pub async fn publish(&self, body: &Tenant, release: ReleaseId) -> Acted<ReleaseId> {
        let command = PublishRelease { app: &self.app, scope: lead(body), release };
        self.app.db.perform(&command.scope, None, &command).await
    }

    /// The body's lead gives a release up.
    pub async fn abandon(&self, body: &Tenant, release: ReleaseId) -> Acted<()> {
        let reason = LongText::parse("A name is misspelt.").expect("a text");
        let command = AbandonRelease { scope: lead(body), release, reason };
        self.app.db.perform(&command.scope, None, &command).await.map(drop)
    }

    /// The officer acknowledges a digest.
    pub async fn acknowledge(&self, release: ReleaseId, digest: &str) -> Acted<ReleaseId> {
        let command = AcknowledgeRelease { app: &self.app, release, digest: digest.to_owned() };
        self.app.db.perform(&officer(), None, &command).await
    }

    /// Prepared, attested by every body with lines, and published.
    pub async fn published(&self) -> ReleaseId {
        let release = self.prepare(&super::cast::NZTECH).await.expect("a release");
        for section in self.sections(release).await {
            let body = if section.body_id == ITP.id() { &ITP } else { &super::cast::NZTECH };
            self.attest(body, release, &section.digest).await.expect("an attestation");
        }
        self.publish(&super::cast::NZTECH, release).await.expect("a publication")
    }

    /// The same, and acknowledged.
    pub async fn acknowledged(&self) -> ReleaseId {
        let release = self.published().await;
        let digest = self.release(release).await.digest;
        self.acknowledge(release, &digest).await.expect("an acknowledgement")
    }

    pub async fn release(&self, id: ReleaseId) -> release::Model {
        release::Entity::find_by_id(id).one(self.conn()).await.expect("a query").expect("a release")
    }

    pub async fn release_state(&self, id: ReleaseId) -> release_state::Model {
        release_state::Entity::find_by_id(id).one(self.conn()).await.expect("a query").expect("a release")
    }

    pub async fn sections(&self, id: ReleaseId) -> Vec<release_section::Model> {
        let select = release_section::Entity::find().filter(release_section::Column::ReleaseId.eq(id));
        select.all(self.conn()).await.expect("sections")
    }

    /// The digest of a body's section.
    pub async fn section_digest(&self, id: ReleaseId, body: &Tenant) -> String {
        let own = |section: &release_section::Model| section.body_id == body.id();
        self.sections(id).await.into_iter().find(own).expect("a section").digest
    }

    /// The lines of a release, in order of body and row.
    pub async fn lines(&self, id: ReleaseId) -> Vec<release_line::Model> {
        let select = release_line::Entity::find()
            .filter(release_line::Column::ReleaseId.eq(id))
            .order_by_asc(release_line::Column::BodyId)
            .order_by_asc(release_line::Column::SectionRow);
        select.all(self.conn()).await.expect("lines")
    }

    /// The line of an application, where the release has one.
    pub async fn line(&self, id: ReleaseId, application: ApplicationId) -> Option<release_line::Model> {
        self.lines(id).await.into_iter().find(|line| line.application_id == application)
    }

    /// All that a line says.
    pub fn opened(&self, line: &release_line::Model) -> Content {
        let row = format!("{}|{}|{}", line.release_id, line.application_id, line.body_id);
        let place = TextPlace { table: "release_line", column: "content_sealed", row: &row };
        let text = self.app.keys.text_open(&line.content_sealed, &place).expect("its seal");
        Content::read(&text).expect("a line")
    }

    /// Who waits for a later release, by application.
    pub async fn held_back(&self, id: ReleaseId) -> Vec<held_back::Model> {
        let select = held_back::Entity::find()
            .filter(held_back::Column::ReleaseId.eq(id))
            .order_by_asc(held_back::Column::ApplicationId);
        select.all(self.conn()).await.expect("who waits")
    }

    /// The place that an application holds.
    pub async fn place_of(&self, application: ApplicationId) -> Option<place::Model> {
        let select = place::Entity::find().filter(place::Column::ApplicationId.eq(application));
        select.one(self.conn()).await.expect("a query")
    }

    /// What the agency says of an application; none before it was sent.
    pub async fn agency_status(&self, application: ApplicationId) -> Option<AgencyStatus> {
        let found = agency_case::Entity::find_by_id(application).one(self.conn()).await;
        found.expect("a query").map(|case| case.status)
    }
}
