//! A discrepancy, as one side sees it.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::{BodyId, discrepancy, resolution_proposal};

use super::kinds::{ClosedBecause, DiscrepancyKind, DiscrepancyStatus, Resolution, Severity};
use crate::error::{Fault, Found};
use crate::keys::TextPlace;
use crate::people::graphql::{Body, load_body};
use crate::reconciliation::rules::{Mends, Values, allowed, explanation, mends};
use crate::reconciliation::store::reading::Seen;
use crate::schema::connection::connection;
use crate::schema::scalars::DateTime;
use crate::schema::{self, GlobalId};
use crate::tenancy::ReconciliationScope;

/// Something that does not agree between two records.
#[derive(Clone, Debug)]
pub struct Discrepancy {
    seen: Seen,
    /// Whose side it is looked at from; the agency's where there is none.
    side: Option<BodyId>,
}

impl Discrepancy {
    /// As a side that has a part in it sees it.
    pub(super) fn of(seen: Seen, scope: &ReconciliationScope) -> Self {
        Self { seen, side: scope.body() }
    }

    fn row(&self) -> &discrepancy::Model {
        &self.seen.row
    }

    fn mends(&self) -> Mends {
        mends(self.row().body_id, self.row().other_body_id)
    }

    /// Whether the viewer's own application is the second of the two.
    fn is_turned(&self) -> bool {
        self.side.is_some() && self.row().body_id != self.side && self.row().other_body_id == self.side
    }

    /// What was sealed for a column of its row.
    fn opened(
        &self,
        ctx: &Context<'_>,
        column: &'static str,
        sealed: Option<&Vec<u8>>,
    ) -> Found<Option<String>> {
        let place = TextPlace { table: "discrepancy", column, row: &self.row().mark };
        let open = |sealed: &Vec<u8>| schema::app(ctx).keys.text_open(sealed, &place);
        sealed.map(open).transpose().map_err(|why| Fault::stored("discrepancy", why))
    }
}

connection! {
    /// A page of discrepancies, the newest first.
    DiscrepancyConnection,
    /// A discrepancy, with its cursor in the list.
    DiscrepancyEdge of Discrepancy
}

/// What a body proposes to make of a discrepancy that another body has a part in too.
#[derive(Clone, Debug, SimpleObject)]
pub struct ResolutionProposal {
    /// Whose proposal it is.
    body: Body,
    /// What it would make of it.
    resolution: Resolution,
    /// The reference of the application that would stand, where one is chosen.
    chosen: Option<String>,
    /// Why; null unless it is the viewer's own body's.
    note: Option<String>,
    /// When it was proposed.
    at: DateTime,
}

/// Something that does not agree between two records. A body sees those that it has a part in, the agency those that it has
/// said something of.
#[Object]
impl Discrepancy {
    /// Global id of the discrepancy.
    pub async fn id(&self) -> ID {
        GlobalId::of(&self.row().id)
    }

    /// In what way the records do not agree.
    async fn kind(&self) -> DiscrepancyKind {
        self.row().kind.into()
    }

    /// How bad it is.
    async fn severity(&self) -> Severity {
        self.row().severity.into()
    }

    /// Where it stands.
    async fn status(&self) -> DiscrepancyStatus {
        self.row().status.into()
    }

    /// What the viewer may make of it now; empty where it is another side's to resolve, or nothing but mending helps.
    async fn allowed_resolutions(&self) -> Vec<Resolution> {
        let open = self.row().status == entity::DiscrepancyStatus::Open;
        let may = open && self.mends().is_of(self.side);
        let all = allowed(self.row().kind).iter().copied();
        all.filter(|_| may).map(Into::into).collect()
    }

    /// Reference of the application that it is about, the viewer's own body's where there is one; or the reference as the
    /// agency told it.
    async fn reference(&self) -> Option<&str> {
        let turned = self.is_turned();
        if turned { self.seen.other_reference.as_deref() } else { self.seen.reference.as_deref() }
    }

    /// The other application's reference, for `SAME_WORKER`; nothing else of it is told.
    async fn other_reference(&self) -> Option<&str> {
        let turned = self.is_turned();
        if turned { self.seen.reference.as_deref() } else { self.seen.other_reference.as_deref() }
    }

    /// Whose it is to mend; two for a worker lodged through both, none where it is the agency's.
    async fn bodies(&self, ctx: &Context<'_>) -> Result<Vec<Body>> {
        let Mends::Bodies(body, other) = self.mends() else { return Ok(Vec::new()) };
        let mut bodies = Vec::new();
        for id in [Some(body), other].into_iter().flatten() {
            bodies.extend(load_body(ctx, id).await?);
        }
        Ok(bodies)
    }

    /// The field that differs, or that two applications match by.
    async fn field(&self) -> Option<&str> {
        self.row().field.as_deref()
    }

    /// Number of the place, where it is about one.
    async fn place(&self) -> Option<i32> {
        self.row().place_number
    }

    /// Number of the release, where it is about one.
    async fn release(&self) -> Option<i32> {
        self.row().release_number
    }

    /// What our record says. Of a passport's number the last characters.
    #[expect(clippy::unused_async, reason = "every resolver is async")]
    async fn ours(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.opened(ctx, "ours_sealed", self.row().ours_sealed.as_ref())?)
    }

    /// What the other record says: the agency's, or the ledger's against the caseload. Of a passport's number the last
    /// characters.
    #[expect(clippy::unused_async, reason = "every resolver is async")]
    async fn theirs(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.opened(ctx, "theirs_sealed", self.row().theirs_sealed.as_ref())?)
    }

    /// What is wrong and what can be done, in words.
    #[expect(clippy::unused_async, reason = "every resolver is async")]
    async fn explanation(&self, ctx: &Context<'_>) -> Result<String> {
        let row = self.row();
        let two = matches!(self.mends(), Mends::Bodies(_, Some(_)));
        // The words of other kinds do not depend on what each side says.
        let values = if row.kind == entity::DiscrepancyKind::IllegalStatusChange {
            Values {
                ours: self.opened(ctx, "ours_sealed", row.ours_sealed.as_ref())?,
                theirs: self.opened(ctx, "theirs_sealed", row.theirs_sealed.as_ref())?,
            }
        } else {
            Values::default()
        };
        Ok(explanation(row.kind, row.field.as_deref(), two, &values))
    }

    /// What each body proposes last, where two have a part in it.
    async fn proposals(&self, ctx: &Context<'_>) -> Result<Vec<ResolutionProposal>> {
        let mut all = Vec::new();
        for (proposal, chosen) in &self.seen.proposals {
            let resolution_proposal::Model { body_id, resolution, note, at, .. } = proposal;
            let Some(body) = load_body(ctx, *body_id).await? else { continue };
            let note = (self.side == Some(*body_id)).then(|| note.clone());
            let chosen = chosen.clone();
            all.push(ResolutionProposal {
                body,
                resolution: (*resolution).into(),
                chosen,
                note,
                at: (*at).into(),
            });
        }
        Ok(all)
    }

    /// What people made of it; null while it is open, and where it went away by itself.
    async fn resolution(&self) -> Option<Resolution> {
        self.row().resolution.map(Into::into)
    }

    /// Reference of the application that stands, where one was chosen.
    async fn chosen(&self) -> Option<&str> {
        self.seen.chosen_reference.as_deref()
    }

    /// Why it was resolved so; null unless somebody of the viewer's own side did.
    async fn resolution_note(&self) -> Option<&str> {
        let own = self.row().resolved_body_id == self.side;
        self.row().note.as_deref().filter(|_| own)
    }

    /// Why it went away by itself, where it did.
    async fn closed_because(&self) -> Option<ClosedBecause> {
        self.row().closed_because.map(Into::into)
    }

    /// When it was found.
    async fn opened_at(&self) -> DateTime {
        self.row().opened_at.into()
    }

    /// When it was resolved, or went away.
    async fn resolved_at(&self) -> Option<DateTime> {
        self.row().resolved_at.map(Into::into)
    }
}
