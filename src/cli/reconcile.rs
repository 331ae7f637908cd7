//! `nominations reconcile`

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args;
use entity::{BodyId, body, class_exception_body, reconciliation_figure};

use super::open::{assemble, ready};
use super::{DatabaseArgs, Outcome, Problem};
use crate::clock::Clock;
use crate::counted::counted;
use crate::exceptions::store as exceptions;
use crate::reconciliation::actions::reconcile;
use crate::reconciliation::rules::{Mends, mends};
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

/// The bodies that nominate under the class exception.
type Bodies = [(class_exception_body::Model, body::Model)];

/// The figures of every body, and how much is open of each kind.
fn told(run: &Run, bodies: &Bodies) -> Vec<String> {
    let agree = match run.row.matched {
        1 => "1 agrees".to_owned(),
        count => format!("{count} agree"),
    };
    let mut lines = vec![format!(
        "Run {}: {}, {agree}.",
        run.row.number,
        counted(run.row.checked, "application", "applications")
    )];
    for reconciliation_figure::Model { body_id, caseload, ledger, released, agency, .. } in &run.figures {
        let slug = slug_of(*body_id, bodies);
        lines.push(format!(
            "{slug}: caseload {caseload}, ledger {ledger}, released {released}, agency {agency}"
        ));
    }
    lines.extend(open(run, bodies));
    if run.row.balanced {
        lines.push("Nothing is open: the bodies may sign it.".to_owned());
    }
    lines
}

/// What is open, by its kind and by whose it is to mend.
fn open(run: &Run, bodies: &Bodies) -> impl Iterator<Item = String> {
    let mut counts: BTreeMap<(String, String), i64> = BTreeMap::new();
    for one in &run.open {
        let whose = whose(mends(one.body_id, one.other_body_id), bodies);
        *counts.entry((one.kind.word(), whose)).or_default() += one.count;
    }
    counts.into_iter().map(|((kind, whose), count)| format!("open: {count} {kind}, {whose}"))
}

fn whose(mends: Mends, bodies: &Bodies) -> String {
    let Mends::Bodies(body, other) = mends else { return "agency".to_owned() };
    let mut slugs: Vec<_> = [Some(body), other].into_iter().flatten().map(|id| slug_of(id, bodies)).collect();
    slugs.sort_unstable();
    slugs.join(" and ")
}

fn slug_of(id: BodyId, bodies: &Bodies) -> &str {
    bodies.iter().find(|(_, body)| body.id == id).map_or("unknown", |(_, body)| &body.slug)
}
