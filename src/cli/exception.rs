//! `nominations exception apply FILE`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::open::{assemble, ready};
use super::{DatabaseArgs, Outcome, Problem};
use crate::amendment::ApplyDefinition;
use crate::clock::Clock;
use crate::exceptions::definition::{Definition, DefinitionError};
use crate::tenancy::SystemScope;

#[derive(Debug, Subcommand)]
pub(crate) enum ExceptionCommand {
    /// Load a class exception from its file, or bring it in line with it, and tell what changes
    Apply(ApplyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// The file, such as exceptions/specialist-tech.toml
    file: PathBuf,
    /// Tell what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Take a `purge_on` that has come already: what is held of people is deleted within the hour, for good
    #[arg(long)]
    purge_now: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// A definition, with the file beside it that it may extend.
fn read(file: &Path, text: &str) -> Result<Definition, Problem> {
    let refused = |errors: Vec<DefinitionError>| {
        let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
        Problem::told(format!("{} has faults:\n{}", file.display(), lines.join("\n")))
    };
    let Some(base) = Definition::base_of(text).map_err(refused)? else {
        return Definition::parse(text).map_err(refused);
    };
    let beside = file.with_file_name(format!("{base}.toml"));
    let base =
        std::fs::read_to_string(&beside).map_err(Problem::io(format!("reading {}", beside.display())))?;
    Definition::parse_on(&base, text).map_err(refused)
}

pub(super) async fn run(command: ExceptionCommand) -> Outcome {
    let ExceptionCommand::Apply(args) = command;
    let text = std::fs::read_to_string(&args.file)
        .map_err(Problem::io(format!("reading {}", args.file.display())))?;
    let definition = read(&args.file, &text)?;
    let settings = args.database.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    let app = assemble(db, settings.keys.open()?, settings.public_url, false)?;
    let scope = SystemScope::of("exception apply");
    // A rehearsal deletes nothing, and tells what would go.
    let purge_now = args.purge_now || args.dry_run;
    let command = ApplyDefinition { app: &app, definition, purge_now };
    let lines = if args.dry_run {
        app.db.rehearse(&scope, &command).await?
    } else {
        app.db.perform(&scope, None, &command).await?
    };
    match (lines.is_empty(), args.dry_run) {
        (true, _) => println!("Nothing changes: the database says what the file says."),
        (false, true) => println!("This would change:\n{}", lines.join("\n")),
        (false, false) => println!("Changed:\n{}", lines.join("\n")),
    }
    app.db.close().await?;
    Ok(ExitCode::SUCCESS)
}
