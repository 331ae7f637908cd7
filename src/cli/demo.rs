//! `nominations demo`
//!
//! A demo is made in a file beside its place and moved there when it is whole, so that what stands at the place is
//! either a whole demo or none.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::open::{assemble, make_folder, no_public_url, ready};
use super::{Outcome, Problem};
use crate::clock::Clock;
use crate::db::{Db, DbSettings};
use crate::demo::{MOST_APPLICATIONS, Making, MoveDates, make};
use crate::exceptions::definition::{Definition, DefinitionError};
use crate::keys::Keys;
use crate::random::Random;
use crate::tenancy::SystemScope;

/// Where a demo is made, and what is served, where nobody names another place.
const USUAL_PLACE: &str = "data/nominations.db";

#[derive(Clone, Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where the demo's SQLite database is made; its key stands beside it
    #[arg(long, default_value = USUAL_PLACE)]
    database: PathBuf,
    /// The same number makes the same references and ids, given the same moment
    #[arg(long, default_value_t = 600)]
    seed: u64,
    /// How many applications of the first class exception, at most 1800; the second has a quarter as many
    #[arg(long, default_value_t = MOST_APPLICATIONS, value_parser = parse_count)]
    applications: usize,
}

fn parse_count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if (1..=MOST_APPLICATIONS).contains(&count) => Ok(count),
        _ => Err(format!("give a number from 1 to {MOST_APPLICATIONS}")),
    }
}

pub(super) async fn run(args: DemoArgs) -> Outcome {
    if args.database.exists() {
        return keep(&args.database).await;
    }
    let making = with_ending(&args.database, "making");
    clear_away(&making)?;
    make_folder(&format!("sqlite://{}", args.database.display()))?;
    let key_file = with_ending(&args.database, "key");
    let keys = if key_file.exists() { Keys::load(&key_file)? } else { Keys::create(&key_file)? };
    let made = Box::pin(fill(&args, &making, keys)).await?;
    std::fs::rename(&making, &args.database).map_err(Problem::io("moving the demo to its place"))?;
    println!(
        "A demo with {} applications stands at {}; {} acts made it. `{}` serves it.",
        made.applications,
        args.database.display(),
        made.acts,
        serving(&args.database)
    );
    Ok(ExitCode::SUCCESS)
}

/// A demo that is there stays what it is; only its open windows are kept open.
async fn keep(database: &Path) -> Outcome {
    let url = format!("sqlite://{}", database.display());
    let (db, kind) = ready(&url, Clock::system()).await?;
    if kind != entity::InstallationKind::Demo {
        let words =
            format!("{} is a production database: name another file with --database.", database.display());
        return Err(Problem::Told(words));
    }
    let moved = db.perform(&SystemScope::of("demo"), None, &MoveDates).await?;
    db.close().await?;
    let (path, serving) = (database.display(), serving(database));
    let moved = match moved {
        1 => "1 of its windows was moved on".to_owned(),
        count => format!("{count} of its windows were moved on"),
    };
    println!(
        "The demo at {path} is there already; {moved}. `{serving}` serves it. Delete it to make another."
    );
    Ok(ExitCode::SUCCESS)
}

/// The command that serves a demo, as it is pasted into a shell.
fn serving(database: &Path) -> String {
    if database == Path::new(USUAL_PLACE) {
        return "nominations serve".to_owned();
    }
    let url = format!("sqlite://{}", database.display());
    let is_plain = |c: char| c.is_alphanumeric() || "/._-:".contains(c);
    let url = if url.chars().all(is_plain) { url } else { format!("'{}'", url.replace('\'', r"'\''")) };
    format!("nominations serve --database-url {url}")
}

async fn fill(args: &DemoArgs, making: &Path, keys: Keys) -> Result<crate::demo::Made, Problem> {
    let refused = |errors: Vec<DefinitionError>| Problem::told(format!("{errors:?}"));
    let first = include_str!("../../exceptions/specialist-tech.toml");
    let definition = Definition::parse(first).map_err(refused)?;
    let second = include_str!("../../exceptions/specialist-tech-2.toml");
    let second = Definition::parse_on(first, second).map_err(refused)?;
    let now = Clock::system().now();
    // Nobody waits for the disk here: what is half made is thrown away.
    let settings = DbSettings { durable: false, ..DbSettings::new(format!("sqlite://{}", making.display())) };
    let db = Db::connect(settings, Clock::standing_at(now), Random::from_seed(args.seed)).await?;
    db.migrate().await?;
    let app = assemble(db, keys, no_public_url()?, true)?;
    let bar = progress_bar();
    let plan = Making { app: &app, definition, second, applications: args.applications, now };
    let progress = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let made = Box::pin(make(plan, progress)).await?;
    bar.finish_and_clear();
    app.db.close().await?;
    Ok(made)
}

/// Throws away what a making that was stopped has left.
fn clear_away(making: &Path) -> Result<(), Problem> {
    for ending in ["", "-wal", "-shm"] {
        let mut path = making.as_os_str().to_owned();
        path.push(ending);
        let path = PathBuf::from(path);
        if path.exists() {
            std::fs::remove_file(&path).map_err(Problem::io(format!("removing {}", path.display())))?;
        }
    }
    Ok(())
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("making the demo {bar:40} {pos}/{len} steps, {eta} left");
    let bar = ProgressBar::new(0);
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_serves_a_demo_names_the_database_that_it_is_in() {
        for (database, command) in [
            ("data/nominations.db", "nominations serve"),
            ("other.db", "nominations serve --database-url sqlite://other.db"),
            ("/tmp/other.db", "nominations serve --database-url sqlite:///tmp/other.db"),
            ("Ana's demo.db", r"nominations serve --database-url 'sqlite://Ana'\''s demo.db'"),
        ] {
            assert_eq!(serving(Path::new(database)), command);
        }
    }
}
