//! `nominations import FILE`
//!
//! What is printed has the body's references, the service's own, and the names of columns: nothing of what stands in
//! the file beside them.

mod file;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::open::{assemble, ready};
use super::{DatabaseArgs, Outcome, Problem};
use crate::app::App;
use crate::applications::actions::{self, Import, ImportEffect};
use crate::clock::Clock;
use crate::exceptions::store as exceptions;
use crate::people::store as people;
use crate::tenancy::{ImportScope, SystemScope};
use file::{Rows, SentRow};

#[derive(Clone, Debug, Args)]
pub(crate) struct ImportArgs {
    /// The CSV file, in UTF-8 and with a heading; docs/import.md lists its columns
    file: PathBuf,
    /// Slug of the body whose applications they are, e.g. nztech
    #[arg(long, value_name = "SLUG")]
    body: String,
    /// Slug of the class exception; it can be left out where there is only one
    #[arg(long, value_name = "SLUG")]
    class_exception: Option<String>,
    /// Tell what each row would do, and do nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) async fn run(args: ImportArgs) -> Outcome {
    let name = args.file.display();
    let file = std::fs::read(&args.file).map_err(Problem::io(format!("reading {name}")))?;
    let rows = Rows::of(file).map_err(|why| Problem::told(format!("{name}: {why}")))?;
    let settings = args.database.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    let app = assemble(db, settings.keys.open()?, settings.public_url, false)?;
    let scope = scope_of(&app, &args.body).await?;
    let exception = match args.class_exception {
        Some(slug) => slug,
        None => only_exception(&app, &scope).await?,
    };
    let import = Import::begin(&app, scope, &exception, args.dry_run).await?;
    let counts = take_all(&app, import, rows).await?;
    app.db.close().await?;
    println!("{}", counts.told(args.dry_run));
    Ok(if counts.refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn scope_of(app: &App, slug: &str) -> Result<ImportScope, Problem> {
    let system = SystemScope::of("import");
    let body = people::find_body(&app.db.read(&system), slug).await?;
    let body = body.ok_or_else(|| {
        Problem::told(
            "There is no such body. Give its slug, as it stands in the file of the class exception.",
        )
    })?;
    Ok(system.importing_for(body.id))
}

async fn only_exception(app: &App, scope: &ImportScope) -> Result<String, Problem> {
    let all = exceptions::load_all(&app.db.read(scope)).await?;
    match all.as_slice() {
        [one] => Ok(one.slug.clone()),
        [] => Err(Problem::told(
            "There is no class exception yet: load one with `nominations exception apply`.",
        )),
        several => {
            let slugs: Vec<_> = several.iter().map(|one| one.slug.as_str()).collect();
            let words = "There are several class exceptions. Say which one with --class-exception";
            Err(Problem::told(format!("{words}: {}.", slugs.join(", "))))
        }
    }
}

async fn take_all(app: &App, mut import: Import<'_>, rows: Rows) -> Result<Counts, Problem> {
    let mut counts = Counts::default();
    for SentRow { line, row } in rows {
        let (named, outcome) = match row {
            Ok(row) => {
                let read = row.read(app.db.clock().now())?;
                (row.named(), import.take(&read).await?)
            }
            Err(why) => (String::new(), import.take(&Err(vec![why])).await?),
        };
        counts.count(outcome.effect);
        if let Some(told) = told(&outcome) {
            println!("line {line}  {}  {told}", printable(&named));
        }
    }
    Ok(counts)
}

/// What is told of a row; nothing where nothing was to be done.
fn told(outcome: &actions::Outcome) -> Option<String> {
    match outcome.effect {
        ImportEffect::Unchanged => None,
        ImportEffect::Created => Some(
            format!("CREATED  {}", outcome.reference.as_deref().unwrap_or_default()).trim_end().to_owned(),
        ),
        ImportEffect::Refused => {
            let errors = outcome.errors.iter().map(|error| {
                // A file has no fields within fields: the last name is the column's.
                let column = error.field.as_ref().and_then(|path| path.last());
                column.map_or_else(|| error.message.clone(), |column| format!("{column}: {}", error.message))
            });
            Some(format!("REFUSED  {}", errors.collect::<Vec<_>>().join(" ")))
        }
    }
}

/// A reference as it is printed: it may be anything that was typed, and not move the terminal.
fn printable(named: &str) -> String {
    if named.is_empty() {
        return "(no reference)".to_owned();
    }
    named.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

/// How many rows did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    created: usize,
    unchanged: usize,
    refused: usize,
}

impl Counts {
    fn count(&mut self, effect: ImportEffect) {
        match effect {
            ImportEffect::Created => self.created += 1,
            ImportEffect::Unchanged => self.unchanged += 1,
            ImportEffect::Refused => self.refused += 1,
        }
    }

    fn told(self, dry_run: bool) -> String {
        let Self { created, unchanged, refused } = self;
        let counts = format!("{created} created, {unchanged} unchanged, {refused} refused.");
        if dry_run { format!("This would be done, and nothing was: {counts}") } else { counts }
    }
}
