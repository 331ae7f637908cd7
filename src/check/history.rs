//! What was sealed, against what is there.

use super::{Report, Rule};
use crate::db::Snapshot;
use crate::error::Found;
use crate::history::seal::Flaw;
use crate::history::verify;

pub(super) async fn examine(snapshot: &Snapshot, report: &mut Report) -> Found<()> {
    verify(snapshot, |flaw| report.tell(rule_of(&flaw), "history", flaw)).await?;
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
