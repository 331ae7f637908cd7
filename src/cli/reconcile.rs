//! `nominations reconcile`

use std::process::ExitCode;

use clap::Args;
use entity::{body, class_exception_body, reconciliation_figure};

use super::open::{assemble, ready};
use super::{DatabaseArgs, Outcome, Problem};
use crate::clock::Clock;
use crate::exceptions::store as exceptions;
use crate::reconciliation::actions::reconcile;
use crate::reconciliation::store::runs::{self, Run};
use crate::tenancy::SystemScope;

/// What is held against each other.
#[derive(Debug, Args)]
pub(super) struct ReconcileArgs {
    /// Short name of the class exception, e.g. specialist-tech
    exception: String,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) async fn run(args: ReconcileArgs) -> Outcome {
    let settings = args.database.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    let app = assemble(db, settings.keys.open()?, settings.public_url, false)?;
    let scope = SystemScope::of("reconcile");
    let none = || Problem::told(format!("There is no class exception {}.", args.exception));
    let found = exceptions::find_by_slug(&app.db.read(&scope), &args.exception).await?;
    let exception = found.ok_or_else(none)?.id;
    let id = reconcile(&app, &scope, None, exception).await?;
    let run = runs::load_by_ids(&app.db.read(&scope), &scope.shared(), &[id]).await?.pop();
    let bodies = exceptions::bodies_of(&app.db.read(&scope), exception).await?;
    app.db.close().await?;
    let run = run.ok_or_else(|| Problem::told("The run is not there any more."))?;
    for line in told(&run, &bodies) {
        println!("{line}");
    }
    Ok(if run.row.balanced { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The figures of every body, and how much is open of each kind.
fn told(run: &Run, bodies: &[(class_exception_body::Model, body::Model)]) -> Vec<String> {
    let mut lines =
        vec![format!("Run {}: {} applications, {} agree.", run.row.number, run.row.checked, run.row.matched)];
    for reconciliation_figure::Model { body_id, caseload, ledger, released, agency, .. } in &run.figures {
        let slug =
            bodies.iter().find(|(_, body)| body.id == *body_id).map_or("unknown", |(_, body)| &body.slug);
        lines.push(format!(
            "{slug}: caseload {caseload}, ledger {ledger}, released {released}, agency {agency}"
        ));
    }
    let open = run.open.iter().map(|one| format!("open: {} {}", one.count, one.kind.word()));
    lines.extend(open);
    if run.row.balanced {
        lines.push("Nothing is open: the bodies may sign it.".to_owned());
    }
    lines
}
