//! The next release is frozen: who holds a place now, against what the last published one says.

use entity::{
    EventKind, HoldBackReason, ReleaseId, ReleaseStatus, held_back, release, release_line, release_section,
    release_state,
};
use serde_json::json;

use super::gather::{Slugs, former, holders, line_place, sealed_row};
use super::{person, record};
use crate::app::App;
use crate::applications::details::ShortText;
use crate::db::{Command, Gate, Tx};
use crate::error::{Acted, Fault, Found, UserError};
use crate::exceptions::rules::is_purged;
use crate::exceptions::store as exceptions;
use crate::history;
use crate::keys::Sealing;
use crate::releases::rules::{self, Refusal, Section, Waiting, Written};
use crate::releases::store::acts::{self, Frozen};
use crate::tenancy::BodyScope;

/// A lead freezes the next release of the combined list.
#[derive(Clone, Debug)]
pub struct PrepareRelease<'a> {
    /// The service.
    pub app: &'a App,
    /// For which body, and who.
    pub scope: BodyScope,
    /// Slug of the class exception.
    pub exception: ShortText,
}

impl Command for PrepareRelease<'_> {
    type Answer = ReleaseId;
    const NAME: &'static str = "prepareRelease";

    async fn run(&self, tx: &Tx) -> Acted<ReleaseId> {
        let found = exceptions::load_by_slugs(tx.conn(), [self.exception.as_str()]).await?.pop();
        let exception = found.ok_or_else(|| UserError::no_such_exception("classException"))?;
        if !acts::nominates(tx, exception.id, self.scope.body()).await? {
            return Err(Refusal::NotNominating.into());
        }
        if is_purged(&exception, tx.now()) {
            return Err(Refusal::Purged.into());
        }
        let gate = tx.gate(exception.id).await?;
        if let Some(live) = acts::find_live(&gate).await? {
            return Err(Refusal::BeingPrepared { number: live.number }.into());
        }
        let bodies: Vec<_> =
            acts::load_bodies(tx).await?.into_iter().map(|body| (body.id, body.slug)).collect();
        let slugs: Slugs = bodies.iter().cloned().collect();
        let (previous, before) = former(&gate, self.app).await?;
        let (lines, waiting) = rules::draft(holders(&gate, self.app, &slugs).await?, before);
        if lines.is_empty() {
            return Err(Refusal::NothingToRelease.into());
        }
        let number = acts::last_number(&gate).await? + 1;
        let sections = rules::arrange((&exception.slug, number), lines, &bodies, || tx.random_bytes());
        let head = history::head(tx.conn()).await?;
        let digest = rules::digest_of(&exception.slug, number, head.as_deref(), &sections);
        let release = release::Model {
            id: tx.new_id(),
            exception_id: exception.id,
            number,
            previous_number: previous,
            line_count: count(sections.iter().map(|section| section.lines.len()).sum())?,
            digest,
            history_head: head,
            prepared_at: tx.now(),
            prepared_by: person(tx)?,
            prepared_for: self.scope.body(),
        };
        keep(&gate, self.app, release.clone(), sections, waiting).await?;
        record(tx, EventKind::ReleasePrepared, &release).await?;
        Ok(release.id)
    }
}

fn count(rows: usize) -> Found<i32> {
    i32::try_from(rows).map_err(|why| Fault::stored("number of lines", why))
}

async fn keep(
    gate: &Gate<'_>,
    app: &App,
    release: release::Model,
    sections: Vec<Section>,
    waiting: Vec<Waiting>,
) -> Found<()> {
    let state = release_state::Model {
        release_id: release.id,
        exception_id: release.exception_id,
        number: release.number,
        status: ReleaseStatus::Prepared,
        attested_at: None,
        published_at: None,
        published_by: None,
        acknowledged_at: None,
        acknowledged_by: None,
        abandoned_at: None,
        abandoned_by: None,
        abandon_reason: None,
    };
    let heads = sections.iter().map(|section| {
        Ok(release_section::Model {
            release_id: release.id,
            body_id: section.body,
            line_count: count(section.lines.len())?,
            digest: section.digest.clone(),
        })
    });
    let heads = heads.collect::<Found<Vec<_>>>()?;
    let lines = sections.into_iter().flat_map(|section| section.lines);
    let sealing = app.keys.sealing(gate.tx()).await?;
    let lines = lines.map(|line| row(&sealing, &release, line)).collect();
    let waiting = waiting.into_iter().map(|one| row_of(release.id, one)).collect();
    acts::insert(gate, Frozen { release, sections: heads, lines, waiting, state }).await
}

fn row(sealing: &Sealing, release: &release::Model, written: Written) -> release_line::Model {
    let Written { application, row, line, text } = written;
    let sealed = sealed_row(release.id, application, line.shared.body);
    release_line::Model {
        release_id: release.id,
        application_id: application,
        body_id: line.shared.body,
        employer_id: line.shared.employer,
        section_row: row,
        reference: line.shared.reference,
        place_number: line.shared.place,
        state: line.state,
        change: line.change,
        changed_fields: json!(line.changed),
        reason: line.reason,
        employer_name: line.shared.employer_name,
        employer_nzbn: line.shared.employer_nzbn,
        terms_revision: line.shared.terms_revision,
        role_code: line.shared.role,
        occupation_code: line.shared.occupation,
        nominated_at: line.shared.nominated_at,
        listed_in: line.listed_in.unwrap_or(release.number),
        content_sealed: sealing.text_seal(&text, &line_place(&sealed)),
    }
}

fn row_of(release: ReleaseId, waiting: Waiting) -> held_back::Model {
    let Waiting { application, body, reference, reason } = waiting;
    let reason: HoldBackReason = reason;
    held_back::Model { release_id: release, application_id: application, body_id: body, reference, reason }
}
