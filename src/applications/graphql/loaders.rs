//! Loads what hangs on applications in batches, so that a page costs a fixed number of statements. The loader
//! lives for one request and holds its caseload's scope; what the viewer may not see is not among the answers.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Request};
use entity::{
    ApplicationId, EmployerId, EvidenceId, ExceptionId, InformationRequestId, amendment, application,
    assessment, assessment_round, conflict, evidence, information_request, place, turn_back, worker,
};

use super::figures;
use crate::app::App;
use crate::applications::rules::Standing;
use crate::applications::store::{caseload, evidence as records, flags, questions, standing};
use crate::error::{Fault, Found};
use crate::quota;
use crate::tenancy::{CaseloadScope, PublicScope, Viewer};

/// How many of the due are put in order, to tell positions. Whoever stands further back is told none.
const POSITIONS_TOLD: u64 = 2_000;

/// Loads from the viewer's caseload; nothing for who has none.
pub struct CaseLoader {
    app: Arc<App>,
    scope: Option<CaseloadScope>,
    figures: PublicScope,
}

/// The loader as resolvers get it.
pub type Cases = DataLoader<CaseLoader>;

type Loaded<K, V> = Result<HashMap<K, V>, Arc<Fault>>;

/// Gives a request its loaders.
#[must_use]
pub fn attach(request: Request, app: &Arc<App>, viewer: &Viewer) -> Request {
    let loader = CaseLoader { app: Arc::clone(app), scope: viewer.caseload(), figures: viewer.in_public() };
    figures::attach(request.data(Cases::new(loader, tokio::spawn)), app, viewer)
}

/// The request's loader.
pub(crate) fn cases<'c>(ctx: &Context<'c>) -> &'c Cases {
    ctx.data_unchecked::<Cases>()
}

/// The worker of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WorkerOf(pub ApplicationId);
/// The evidence of one application alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct EvidenceOf(pub ApplicationId);
/// An employer's own evidence at all bodies that the viewer may look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct EvidenceOfEmployer(pub EmployerId);
/// The findings on an application in all rounds; for the body alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FindingsOn(pub ApplicationId);
/// Advice and decisions on an application in all rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct RoundsOf(pub ApplicationId);
/// Conflicts that the body's people have declared with an employer; for the body alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ConflictsWith(pub EmployerId);
/// That the worker of an application has another live one; for the body alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TwinOf(pub ApplicationId);
/// That a question on an application was not answered in time, in the current round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ExpiredQuestionOn(pub ApplicationId);
/// The place that an application holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PlaceOf(pub ApplicationId);
/// The questions on an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct QuestionsOn(pub ApplicationId);
/// Where leads turned an application back to, in all rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TurnBacksOf(pub ApplicationId);
/// What an application holds, and what waits to change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct StandingOf(pub ApplicationId);
/// The correction that waits on an application; for the body alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct AmendmentOf(pub ApplicationId);
/// The case of an application at the agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct AgencyCaseOf(pub ApplicationId);
/// What the agency has said of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct OutcomesOf(pub ApplicationId);
/// The newest application that is to take this one's place over, or did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SuccessorOf(pub ApplicationId);
/// Who is due under a class exception: positions from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct QueueOf(pub ExceptionId);

/// The only answer to who has no caseload.
macro_rules! scope_or_nothing {
    ($loader:expr) => {
        match &$loader.scope {
            Some(scope) => (scope, &$loader.app.db.read(scope)),
            None => return Ok(HashMap::new()),
        }
    };
}

/// The only answer about the body's own work to who is not of a body.
macro_rules! body_or_nothing {
    ($loader:expr) => {
        match &$loader.scope {
            Some(CaseloadScope::Body(scope)) => (scope, &$loader.app.db.read(scope)),
            Some(CaseloadScope::Employers(_)) | None => return Ok(HashMap::new()),
        }
    };
}

// Below the macros, which they use.
mod agency_case;
mod interest;

pub(super) use interest::ApplicationsOf;

fn by<K: Eq + Hash, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, V> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}

/// Groups rows, an empty group for whoever has none.
fn grouped<K: Eq + Hash + Copy, V>(keys: &[K], rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = keys.iter().map(|key| (*key, Vec::new())).collect();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

impl Loader<ApplicationId> for CaseLoader {
    type Value = application::Model;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ApplicationId]) -> Loaded<ApplicationId, application::Model> {
        let (scope, conn) = scope_or_nothing!(self);
        Ok(by(caseload::load_by_ids(conn, scope, ids).await?, |row| row.id))
    }
}

impl Loader<EvidenceId> for CaseLoader {
    type Value = evidence::Model;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[EvidenceId]) -> Loaded<EvidenceId, evidence::Model> {
        let (scope, conn) = scope_or_nothing!(self);
        Ok(by(records::load_by_ids(conn, scope, ids).await?, |row| row.id))
    }
}

impl Loader<WorkerOf> for CaseLoader {
    type Value = worker::Model;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[WorkerOf]) -> Loaded<WorkerOf, worker::Model> {
        let (scope, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(by(caseload::workers_of(conn, scope, &ids).await?, |row| WorkerOf(row.application_id)))
    }
}

impl Loader<EvidenceOf> for CaseLoader {
    type Value = Vec<evidence::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[EvidenceOf]) -> Loaded<EvidenceOf, Vec<evidence::Model>> {
        let (scope, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = records::load_of_applications(conn, scope, &ids).await?;
        let mut groups: HashMap<_, _> = keys.iter().map(|key| (*key, Vec::new())).collect();
        for row in rows {
            if let Some(id) = row.application_id {
                groups.entry(EvidenceOf(id)).or_default().push(row);
            }
        }
        Ok(groups)
    }
}

impl Loader<EvidenceOfEmployer> for CaseLoader {
    type Value = Vec<evidence::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[EvidenceOfEmployer]) -> Loaded<EvidenceOfEmployer, Vec<evidence::Model>> {
        let (scope, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = records::load_of_employers(conn, scope, &ids).await?;
        Ok(grouped(keys, rows, |row| EvidenceOfEmployer(row.employer_id)))
    }
}

impl Loader<FindingsOn> for CaseLoader {
    type Value = Vec<assessment::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FindingsOn]) -> Loaded<FindingsOn, Vec<assessment::Model>> {
        let (scope, conn) = body_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = caseload::findings_of(conn, scope, &ids).await?;
        Ok(grouped(keys, rows, |row| FindingsOn(row.application_id)))
    }
}

impl Loader<RoundsOf> for CaseLoader {
    type Value = Vec<assessment_round::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[RoundsOf]) -> Loaded<RoundsOf, Vec<assessment_round::Model>> {
        let (scope, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = caseload::rounds_of(conn, scope, &ids).await?;
        Ok(grouped(keys, rows, |row| RoundsOf(row.application_id)))
    }
}

impl Loader<ConflictsWith> for CaseLoader {
    type Value = Vec<conflict::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ConflictsWith]) -> Loaded<ConflictsWith, Vec<conflict::Model>> {
        let (scope, conn) = body_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = caseload::conflicts_with(conn, scope, &ids).await?;
        Ok(grouped(keys, rows, |row| ConflictsWith(row.employer_id)))
    }
}

impl Loader<TwinOf> for CaseLoader {
    type Value = ();
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[TwinOf]) -> Loaded<TwinOf, ()> {
        let (scope, conn) = body_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = flags::with_a_twin(conn, scope, &ids).await?;
        Ok(found.into_iter().map(|id| (TwinOf(id), ())).collect())
    }
}

impl Loader<ExpiredQuestionOn> for CaseLoader {
    type Value = ();
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ExpiredQuestionOn]) -> Loaded<ExpiredQuestionOn, ()> {
        let (scope, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = flags::with_an_expired_question(conn, scope, &ids).await?;
        Ok(found.into_iter().map(|id| (ExpiredQuestionOn(id), ())).collect())
    }
}

impl Loader<PlaceOf> for CaseLoader {
    type Value = place::Model;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[PlaceOf]) -> Loaded<PlaceOf, place::Model> {
        let (_, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = quota::store::places_of(conn, &ids).await?;
        Ok(rows.into_iter().filter_map(|row| Some((PlaceOf(row.application_id?), row))).collect())
    }
}

impl Loader<InformationRequestId> for CaseLoader {
    type Value = information_request::Model;
    type Error = Arc<Fault>;

    async fn load(
        &self,
        ids: &[InformationRequestId],
    ) -> Loaded<InformationRequestId, information_request::Model> {
        let (scope, conn) = scope_or_nothing!(self);
        Ok(by(questions::load_by_ids(conn, scope, ids).await?, |row| row.id))
    }
}

impl Loader<QuestionsOn> for CaseLoader {
    type Value = Vec<information_request::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[QuestionsOn]) -> Loaded<QuestionsOn, Vec<information_request::Model>> {
        let (scope, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = questions::load_of_applications(conn, scope, &ids).await?;
        Ok(grouped(keys, rows, |row| QuestionsOn(row.application_id)))
    }
}

impl Loader<TurnBacksOf> for CaseLoader {
    type Value = Vec<turn_back::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[TurnBacksOf]) -> Loaded<TurnBacksOf, Vec<turn_back::Model>> {
        let (scope, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = standing::turn_backs_of(conn, scope, &ids).await?;
        Ok(grouped(keys, rows, |row| TurnBacksOf(row.application_id)))
    }
}

impl Loader<StandingOf> for CaseLoader {
    type Value = Standing;
    type Error = Arc<Fault>;

    /// Every key comes from a row of the viewer's own caseload.
    async fn load(&self, keys: &[StandingOf]) -> Loaded<StandingOf, Standing> {
        let (_, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = standing::load_standings(conn, &ids).await?;
        Ok(found.into_iter().map(|(id, standing)| (StandingOf(id), standing)).collect())
    }
}

impl Loader<AmendmentOf> for CaseLoader {
    type Value = amendment::Model;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[AmendmentOf]) -> Loaded<AmendmentOf, amendment::Model> {
        let (scope, conn) = body_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(by(standing::proposed_on(conn, scope, &ids).await?, |row| AmendmentOf(row.application_id)))
    }
}

impl Loader<SuccessorOf> for CaseLoader {
    type Value = application::Model;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[SuccessorOf]) -> Loaded<SuccessorOf, application::Model> {
        let (scope, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = standing::successors_of(conn, scope, &ids).await?;
        // Oldest first, so that the newest of each is what stays.
        Ok(rows.into_iter().filter_map(|row| Some((SuccessorOf(row.supersedes_id?), row))).collect())
    }
}

impl Loader<QueueOf> for CaseLoader {
    type Value = Arc<HashMap<ApplicationId, i32>>;
    type Error = Arc<Fault>;

    /// One statement for each class exception, of which a page has few.
    async fn load(&self, keys: &[QueueOf]) -> Loaded<QueueOf, Self::Value> {
        if self.scope.is_none() {
            return Ok(HashMap::new());
        }
        // The queue is everybody's: whoever has a caseload is told where its own stand in it.
        let conn = &self.app.db.read(&self.figures);
        let mut queues = HashMap::new();
        for key in keys {
            let due = quota::store::order_of_the_due(conn, key.0, POSITIONS_TOLD).await?;
            queues.insert(*key, Arc::new(due.into_iter().zip(1..).collect()));
        }
        Ok(queues)
    }
}

/// What has to be there, since a row that the viewer may read names it.
pub(super) fn there<T>(what: &'static str, found: Option<T>) -> Found<T> {
    found.ok_or_else(|| Fault::stored(what, "a row names it and it is gone"))
}
