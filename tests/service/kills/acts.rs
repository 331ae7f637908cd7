//! What the process that is killed does.

use entity::{AgencyStatus, ApplicationStatus, Resolution, amendment, application};
use nominations::app::App;
use nominations::applications::actions::{
    Confirm, ConfirmAmendment, ReleaseHold, RevokeNomination, WithdrawApplication,
};
use nominations::applications::details::{LongText, ShortText};
use nominations::ballots::actions::DrawBallot;
use nominations::db::Keyed;
use nominations::error::Acted;
use nominations::history::SealNext;
use nominations::reconciliation::actions::ResolveDiscrepancy;
use nominations::reconciliation::actions::outcomes::RecordOutcomes;
use nominations::reconciliation::actions::returning::FreeRefused;
use nominations::releases::actions::{AcknowledgeRelease, PublishRelease};
use nominations::tenancy::{Permission, SystemScope};
use nominations::values::text::Text;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::service::outcomes::line;
use crate::service::support::caseload::{agent_scope, staff_scope, viewer};
use crate::service::support::cast::{KAURI, NZTECH_LEAD};
use crate::service::support::releases::officer;

/// An act that gives a place back, or lets somebody come to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Withdraw,
    Revoke,
    Replace,
    Correct,
    Release,
    Seal,
    Draw,
    Publish,
    Acknowledge,
    Record,
    Free,
    Resolve,
}

pub const ACTS: [(&str, Act); 12] = [
    ("withdraw", Act::Withdraw),
    ("revoke", Act::Revoke),
    ("replace", Act::Replace),
    ("correct", Act::Correct),
    ("release", Act::Release),
    ("seal", Act::Seal),
    ("draw", Act::Draw),
    ("publish", Act::Publish),
    ("acknowledge", Act::Acknowledge),
    ("record", Act::Record),
    ("free", Act::Free),
    ("resolve", Act::Resolve),
];

/// Draws the one ballot that there is.
async fn draw(app: &App, keyed: Option<&Keyed>) -> Acted<()> {
    let scope = staff_scope(&NZTECH_LEAD, Permission::RunBallot);
    let ballot = entity::ballot::Entity::find().one(&app.db.read(&scope)).await?.expect("a ballot").id;
    let draw = DrawBallot { app, scope: scope.clone(), ballot, signature: None };
    app.db.perform(&scope, keyed, &draw).await.map(drop)
}

/// The agency declines the visa of an application.
async fn record(app: &App, keyed: Option<&Keyed>, reference: &str) -> Acted<()> {
    let text = |text: &str| ShortText::parse(text).expect("a text");
    let at = app.db.clock().now();
    let lines = vec![line(reference, AgencyStatus::VisaDeclined, at)];
    let command = RecordOutcomes { app, exception: text("specialist-tech"), message_id: text("m-1"), lines };
    app.db.perform(&officer(), keyed, &command).await.map(drop)
}

/// Frees the places whose rest is over.
async fn free(app: &App) -> Acted<()> {
    let scope = SystemScope::of("test");
    let exception = entity::class_exception::Entity::find().one(&app.db.read(&scope)).await?;
    let command = FreeRefused { app, exception: exception.expect("a class exception").id };
    app.db.perform(&scope, None, &command).await.map(drop)
}

/// NZTech's lead agrees that the earlier of two applications stands.
async fn resolve(app: &App, keyed: Option<&Keyed>) -> Acted<()> {
    let scope = viewer(&NZTECH_LEAD).to_reconcile().expect("a scope");
    let found = entity::discrepancy::Entity::find().one(&app.db.read(&scope)).await?;
    let command = ResolveDiscrepancy {
        app,
        scope: scope.clone(),
        id: found.expect("a discrepancy").id,
        resolution: Resolution::EarlierStands,
        chosen: None,
        note: Text::parse("The worker told us.").expect("a text"),
    };
    app.db.perform(&scope, keyed, &command).await.map(drop)
}

/// Does an act under a key that is always the same.
pub async fn perform(app: &App, act: Act) -> Acted<()> {
    let keyed = Keyed { key: "once".into(), request_hashes: vec![[1; 32]] };
    let keyed = Some(&keyed);
    let agent = agent_scope(&KAURI);
    let lead = staff_scope(&NZTECH_LEAD, Permission::Confirm);
    let reason = words("No more.");
    let status = match act {
        Act::Draw => return draw(app, keyed).await,
        Act::Free => return free(app).await,
        Act::Resolve => return resolve(app, keyed).await,
        Act::Withdraw | Act::Revoke | Act::Correct | Act::Publish | Act::Acknowledge | Act::Record => {
            ApplicationStatus::Nominated
        }
        Act::Replace => ApplicationStatus::Recommended,
        Act::Release | Act::Seal => ApplicationStatus::Confirmed,
    };
    // Once it is done, any: the key answers.
    let scope = SystemScope::of("test");
    let all = application::Entity::find().order_by_asc(application::Column::Id);
    let all = all.all(&app.db.read(&scope)).await?;
    let about = all.iter().find(|one| one.status == status).or(all.first()).expect("an application");
    let (id, version) = (about.id, about.version);
    match act {
        Act::Withdraw => {
            let act = WithdrawApplication { app, scope: agent.clone(), id, version, reason };
            app.db.perform(&agent, keyed, &act).await.map(drop)
        }
        Act::Revoke => {
            let act = RevokeNomination { app, scope: lead.clone(), id, version, reason };
            app.db.perform(&lead, keyed, &act).await.map(drop)
        }
        Act::Replace => {
            let act = Confirm { app, scope: lead.clone(), id, version, note: None };
            app.db.perform(&lead, keyed, &act).await.map(drop)
        }
        Act::Release => {
            let act = ReleaseHold { app, scope: lead.clone(), id, version, note: None };
            app.db.perform(&lead, keyed, &act).await.map(drop)
        }
        Act::Seal => app.db.perform(&scope, None, &SealNext).await.map(drop),
        Act::Draw | Act::Free | Act::Resolve => unreachable!("it was done above"),
        Act::Record => record(app, keyed, &about.reference).await,
        Act::Publish => {
            let (scope, release) = (staff_scope(&NZTECH_LEAD, Permission::Release), newest(app).await?.id);
            let act = PublishRelease { app, scope: scope.clone(), release };
            app.db.perform(&scope, keyed, &act).await.map(drop)
        }
        Act::Acknowledge => {
            let newest = newest(app).await?;
            let act = AcknowledgeRelease { app, release: newest.id, digest: newest.digest };
            app.db.perform(&officer(), keyed, &act).await.map(drop)
        }
        Act::Correct => {
            let found = amendment::Entity::find().filter(amendment::Column::ApplicationId.eq(id));
            let amendment = found.one(&app.db.read(&scope)).await?.expect("a correction").id;
            let (accept, note) = (true, None);
            let act = ConfirmAmendment { app, scope: lead.clone(), id, version, amendment, accept, note };
            app.db.perform(&lead, keyed, &act).await.map(drop)
        }
    }
}

/// The newest release.
async fn newest(app: &App) -> Acted<entity::release::Model> {
    let scope = SystemScope::of("test");
    let select = entity::release::Entity::find().order_by_desc(entity::release::Column::Number);
    Ok(select.one(&app.db.read(&scope)).await?.expect("a release"))
}

pub fn words(text: &str) -> LongText {
    LongText::parse(text).expect("a text")
}
