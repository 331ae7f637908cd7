//! `nominations outcomes import FILE`
//!
//! What is printed has references, statuses and the names of columns: nothing of what else stands in the file.

mod file;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use sha2::{Digest, Sha256};

use super::open::{assemble, ready};
use super::{DatabaseArgs, Outcome, Problem};
use crate::app::App;
use crate::applications::details::ShortText;
use crate::clock::Clock;
use crate::reconciliation::actions::outcomes::{LINES_MAX, RecordOutcomes, Recorded};
use crate::tenancy::SystemScope;
use file::FileLine;

#[derive(Debug, Subcommand)]
pub(crate) enum OutcomesCommand {
    /// Take in a CSV file of the agency's outcomes; taking it in twice changes nothing
    Import(ImportArgs),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ImportArgs {
    /// The CSV file, in UTF-8 and with a heading; docs/outcomes.md lists its columns
    file: PathBuf,
    /// Slug of the class exception
    #[arg(long, value_name = "SLUG")]
    exception: String,
    /// The agency's own id of the message; without it, the file stands for itself by its digest
    #[arg(long, value_name = "ID")]
    message_id: Option<String>,
    /// Tell what each line would do, and do nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) async fn run(command: OutcomesCommand) -> Outcome {
    let OutcomesCommand::Import(args) = command;
    let name = args.file.display();
    let bytes = std::fs::read(&args.file).map_err(Problem::io(format!("reading {name}")))?;
    let lines = file::read(&bytes).map_err(|faults| {
        let told = faults.join("\n");
        Problem::told(format!("{name} was not taken in. Mend this, and try again:\n{told}"))
    })?;
    let message_id =
        args.message_id.unwrap_or_else(|| format!("file:{}", hex::encode(Sha256::digest(&bytes))));
    let settings = args.database.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    let app = assemble(db, settings.keys.open()?, settings.public_url, false)?;
    let several = lines.len() > LINES_MAX;
    let mut all = Recorded::default();
    for (number, piece) in (1..).zip(lines.chunks(LINES_MAX)) {
        let id = if several { format!("{message_id}/{number}") } else { message_id.clone() };
        let recorded = take(&app, &args.exception, &id, piece, args.dry_run).await?;
        tell(piece, &recorded);
        all.applied += recorded.applied;
        all.late += recorded.late;
        all.repeated += recorded.repeated;
        all.disputed += recorded.disputed;
    }
    app.db.close().await?;
    let Recorded { applied, late, repeated, disputed, .. } = all;
    let counts =
        format!("{applied} applied, {late} late, {repeated} said before, {disputed} that do not fit.");
    println!("{}{counts}", if args.dry_run { "This would be done, and nothing was: " } else { "" });
    Ok(if disputed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn take(
    app: &App,
    exception: &str,
    message_id: &str,
    lines: &[FileLine],
    dry_run: bool,
) -> Result<Recorded, Problem> {
    let text = |what: &str, typed: &str| {
        ShortText::parse(typed).map_err(|why| Problem::told(format!("{what}: {why}")))
    };
    let command = RecordOutcomes {
        app,
        exception: text("--exception", exception)?,
        message_id: text("--message-id", message_id)?,
        lines: lines.iter().map(|line| line.sent.clone()).collect(),
    };
    let scope = SystemScope::of("outcomes");
    if dry_run {
        return Ok(app.db.rehearse(&scope, &command).await?);
    }
    Ok(app.db.perform(&scope, None, &command).await?)
}

/// A line for each line of the file that did something, or does not fit.
fn tell(lines: &[FileLine], recorded: &Recorded) {
    for ((line, fate), kind) in lines.iter().zip(&recorded.fates).zip(&recorded.kinds) {
        let (reference, status) = (line.sent.reference.as_str(), line.sent.said.status.word());
        let why = kind.map_or_else(String::new, |kind| format!("  {}", kind.word()));
        println!("line {}  {reference}  {status}  {}{why}", line.number, fate.word());
    }
}
