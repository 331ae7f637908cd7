//! `nominations worker export`: all that is held about a worker, for a worker who asks.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::open::{assemble, no_public_url, ready};
use super::{DatabaseArgs, Outcome, Problem};
use crate::clock::Clock;
use crate::export::{ExportWorker, Whom};
use crate::tenancy::SystemScope;
use crate::values::country::CountryCode;
use crate::values::passport::PassportNumber;
use crate::values::reference::Reference;

#[derive(Debug, Subcommand)]
pub(crate) enum WorkerCommand {
    /// Print all that is held about a worker as JSON, told by body. It is personal data, the whole passport number
    /// included: give it to nobody but the worker. That it was given out is put on record
    Export(ExportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Reference of one of the worker's applications, or the passport as its issuing state and number, e.g. IND:N1234567
    #[arg(value_name = "REFERENCE|STATE:NUMBER")]
    whom: String,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) async fn run(command: WorkerCommand) -> Outcome {
    let WorkerCommand::Export(args) = command;
    let whom = read(&args.whom)?;
    let settings = args.database.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    let app = assemble(db, settings.keys.open()?, no_public_url()?, false)?;
    let held = app.db.perform(&SystemScope::of("export"), None, &ExportWorker { app: &app, whom }).await?;
    app.db.close().await?;
    let text = serde_json::to_string_pretty(&held).map_err(|why| Problem::told(why.to_string()))?;
    println!("{text}");
    Ok(ExitCode::SUCCESS)
}

/// What was typed is never told back: it may be a passport's number.
fn read(typed: &str) -> Result<Whom, Problem> {
    if let Some((state, number)) = typed.split_once(':') {
        let state = CountryCode::parse(state).map_err(|why| Problem::told(why.to_string()))?;
        let number = PassportNumber::parse(number).map_err(|why| Problem::told(why.to_string()))?;
        return Ok(Whom::WithPassport(state, number));
    }
    let reference = Reference::parse(typed);
    reference.map(Whom::OfApplication).map_err(|_| {
        Problem::told(
            "Give the reference of an application, such as NZT-7K4Q2H, or a passport as STATE:NUMBER.",
        )
    })
}
