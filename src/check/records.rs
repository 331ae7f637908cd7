//! What stands by itself: the installation, frontends of others, the revisions of class exceptions, the answers under keys,
//! what came of expressions of interest.

use std::collections::HashMap;

use entity::{ExceptionId, class_exception};

use super::{Report, Rule, store};
use crate::db::Snapshot;
use crate::error::Found;
use crate::history::seal::digest_of_value;

pub(super) async fn examine(snapshot: &Snapshot, report: &mut Report) -> Found<()> {
    let installed = store::is_installed(snapshot).await?;
    report.expect(installed, Rule::Installation, "database", "nothing says what it is for");
    for (act, key) in store::load_unanswered(snapshot).await? {
        report.tell(Rule::Answer, format!("key {key} of {act}"), "it was accepted and has no answer");
    }
    for frontend in store::load_shut_frontends(snapshot).await? {
        report.tell(Rule::Frontend, frontend, "it has no origin or no client");
    }
    for client in store::load_strange_clients(snapshot).await? {
        let wrong = "it is our own, or of a provider whose access tokens are not taken";
        report.tell(Rule::Frontend, format!("client {client} of a frontend"), wrong);
    }
    Ok(())
}

/// Terms that are not those which history, being sealed, says were applied. Before it said so, nothing is known.
pub(super) async fn examine_terms(
    snapshot: &Snapshot,
    exceptions: &HashMap<ExceptionId, class_exception::Model>,
    report: &mut Report,
) -> Found<()> {
    let applied = store::load_applied(snapshot).await?;
    for kept in store::load_terms(snapshot).await? {
        let said = applied.iter().filter(|(of, detail)| {
            *of == Some(kept.exception_id)
                && detail["revision"] == kept.revision
                && detail["terms"].is_string()
        });
        let said: Vec<&str> = said.filter_map(|(_, detail)| detail["terms"].as_str()).collect();
        let is_said = said.is_empty() || said.contains(&digest_of_value(&kept.terms).as_str());
        let about = exceptions.get(&kept.exception_id).map_or("class exception", |one| one.slug.as_str());
        let wrong = format!("the terms of revision {} are not those that were applied", kept.revision);
        report.expect(is_said, Rule::Revisions, about, wrong);
    }
    Ok(())
}

/// `revisions` in order.
pub(super) fn examine_revisions(exception: &class_exception::Model, revisions: &[i32], report: &mut Report) {
    let expected: Vec<i32> = (1..=exception.revision).collect();
    report.expect(
        revisions == expected,
        Rule::Revisions,
        &exception.slug,
        format!("its current revision is {}, and kept are {revisions:?}", exception.revision),
    );
}
