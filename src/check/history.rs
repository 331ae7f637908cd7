//! What was sealed, against what is there and what releases carry of it.

use super::{Report, Rule};
use crate::db::Snapshot;
use crate::error::Found;
use crate::history::seal::Flaw;
use crate::history::verify;
use crate::releases::store::heads;

pub(super) async fn examine(snapshot: &Snapshot, report: &mut Report) -> Found<()> {
    verify(snapshot, |flaw| report.tell(rule_of(&flaw), "history", flaw)).await?;
    for astray in heads::without_seal(snapshot).await? {
        let about = format!("release {} of {}", astray.number, astray.slug);
        report.tell(
            Rule::ReleaseHead,
            about,
            format!("no seal has the head {} that it carries", astray.head),
        );
    }
    Ok(())
}

fn rule_of(flaw: &Flaw) -> Rule {
    match flaw {
        Flaw::Changed { .. } | Flaw::Gone { .. } => Rule::SealedRecord,
        Flaw::Position { .. }
        | Flaw::Number { .. }
        | Flaw::Range { .. }
        | Flaw::Batch { .. }
        | Flaw::Previous { .. }
        | Flaw::Head { .. }
        | Flaw::NoSeal { .. } => Rule::Seals,
        Flaw::Late { .. } | Flaw::PastTheSeals { .. } | Flaw::GoneBefore { .. } => Rule::PastTheSeals,
    }
}
