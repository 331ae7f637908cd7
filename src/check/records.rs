//! What stands by itself: the installation, the revisions of class exceptions, the answers under keys, what came of
//! expressions of interest.

use entity::class_exception;

use super::{Report, Rule, store};
use crate::db::Snapshot;
use crate::error::Found;

pub(super) async fn examine(snapshot: &Snapshot, report: &mut Report) -> Found<()> {
    let installed = store::is_installed(snapshot).await?;
    report.expect(installed, Rule::Installation, "database", "nothing says what it is for");
    for (act, key) in store::load_unanswered(snapshot).await? {
        report.tell(Rule::Answer, format!("key {key} of {act}"), "it was accepted and has no answer");
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
