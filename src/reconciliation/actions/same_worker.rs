//! One worker through two applications: found in the transaction that makes them match, and gone in the one that ends one of
//! them or makes them match no more.

use entity::{ApplicationId, ClosedBecause, EventKind, application, discrepancy};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::discrepancies::{close, open_without_values};
use crate::applications::follow::Follower;
use crate::applications::rules::is_with_the_body;
use crate::applications::store::case;
use crate::applications::store::twins::{self, Match};
use crate::db::Tx;
use crate::error::Found;
use crate::quota;
use crate::reconciliation::rules::{Field, Finding, Subject};
use crate::reconciliation::store::discrepancies as store;

/// Looks for the same worker in other applications.
#[derive(Clone, Copy, Debug)]
pub struct SameWorker;

impl Follower for SameWorker {
    fn follow<'a>(
        &'a self,
        tx: &'a Tx,
        kind: EventKind,
        application: &'a application::Model,
    ) -> BoxFuture<'a, Found<Option<String>>> {
        let begins = matches!(
            kind,
            EventKind::Submitted
                | EventKind::Imported
                | EventKind::Reconsidered
                | EventKind::AmendmentAccepted
        );
        async move {
            let ends = application.ended_at.is_some() && !is_with_the_body(application.status);
            if !begins && !ends {
                return Ok(None);
            }
            // The other application may be anybody's: the service looks, and tells a body of its own alone.
            let across = tx.across_tenants().await?;
            if begins {
                look(tx, application).await?;
            } else {
                let gone = store::lock_same_worker(tx, application.id).await?;
                close(tx, gone, ClosedBecause::CaseEnded).await?;
            }
            across.end().await?;
            // Who acts is told of another application by the discrepancy alone.
            Ok(None)
        }
        .boxed()
    }
}

/// Opens what is to be told of an application's worker, and closes what is so no more. Of those that share its name the
/// earliest is told: it is a hint, and a common name fills no tables.
async fn look(tx: &Tx, application: &application::Model) -> Found<()> {
    let worker = case::load_worker(tx, application).await?;
    wait_for_the_same(tx, application, &worker.date_of_birth.to_string()).await?;
    let twins = twins::twins_of(tx, application).await?;
    let namesakes = twins::namesakes_of(tx, application, &worker).await?;
    let is_twin = |one: &&Match| twins.iter().any(|twin| twin.application == one.application);
    let hint = namesakes.iter().find(|one| !is_twin(one));
    let own = Subject { application: application.id, body: application.body_id };
    let finding = |one: &Match, by| {
        let other = Subject { application: one.application, body: one.body };
        Finding::same_worker(application.exception_id, own, other, by)
    };
    let found = twins.iter().map(|one| finding(one, Field::Passport));
    let findings: Vec<Finding> = found.chain(hint.map(|one| finding(one, Field::NameAndBirth))).collect();
    let stands = |row: &discrepancy::Model| {
        let by_name = row.field.as_deref() == Some(Field::NameAndBirth.word());
        let of = if by_name { &namesakes } else { &twins };
        of.iter().any(|one| Some(one.application) == partner(row, application.id))
    };
    let mut gone = store::lock_same_worker(tx, application.id).await?;
    gone.retain(|row| !stands(row));
    close(tx, gone, ClosedBecause::Mended).await?;
    open_without_values(tx, &findings).await
}

/// The other application of a pair.
fn partner(row: &discrepancy::Model, one: ApplicationId) -> Option<ApplicationId> {
    if row.application_id == Some(one) { row.other_application_id } else { row.application_id }
}

/// Two applications that match and come at once are not seen by each other: the second waits for the first to end. Nobody
/// who has these waits for the gate after, and everybody takes them in this order.
async fn wait_for_the_same(tx: &Tx, application: &application::Model, born: &str) -> Found<()> {
    let exception = application.exception_id;
    for row in quota::store::fingerprints_of(tx, application.id).await? {
        tx.lock_limit("same worker", &format!("{exception}|{}", row.fingerprint)).await?;
    }
    tx.lock_limit("same birth", &format!("{exception}|{born}")).await
}
