//! `nominations jobs` and `nominations jobs run NAME`

mod table;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::open::{assemble, ready};
use super::{DatabaseArgs, Outcome, Problem};
use crate::clock::{Clock, in_new_zealand};
use crate::jobs::Job;
use crate::jobs::report::report;
use crate::jobs::rules::NotNow;
use crate::jobs::runner::{Runner, Turn};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct JobsArgs {
    #[command(subcommand)]
    command: Option<JobsCommand>,
    /// Print JSON, with times in UTC
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Debug, Subcommand)]
enum JobsCommand {
    /// Run one now and in this process, due or not, unless another process is at it
    Run(RunArgs),
}

#[derive(Debug, Args)]
struct RunArgs {
    /// Its name, as `nominations jobs` lists it
    #[arg(value_parser = parse_job)]
    name: Job,
    #[command(flatten)]
    database: DatabaseArgs,
}

fn parse_job(name: &str) -> Result<Job, String> {
    let names = || Job::ALL.iter().map(|job| job.name()).collect::<Vec<_>>().join(", ");
    Job::named(name).ok_or_else(|| format!("give one of: {}", names()))
}

pub(super) async fn run(args: JobsArgs) -> Outcome {
    match args.command {
        Some(JobsCommand::Run(args)) => run_at_once(args).await,
        None => list(args.database, args.json).await,
    }
}

/// Lists the jobs; fails where something is wrong with one of them.
async fn list(database: DatabaseArgs, json: bool) -> Outcome {
    let (db, _) = ready(&database.settings()?.database_url, Clock::system()).await?;
    let jobs = report(&db).await?;
    if json {
        let text = serde_json::to_string_pretty(&jobs).map_err(|why| Problem::told(why.to_string()))?;
        println!("{text}");
    } else {
        print!("{}", table::of(&jobs, db.clock().now()));
    }
    db.close().await?;
    let all_is_well = jobs.iter().all(|job| job.troubles.is_empty());
    Ok(if all_is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run_at_once(args: RunArgs) -> Outcome {
    let settings = args.database.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    let app = Arc::new(assemble(db, settings.keys.open()?, settings.public_url, false)?);
    let name = args.name.name();
    let failed = |words: String| Err(Problem::Told(words));
    match Runner::new(app).run_at_once(args.name).await? {
        Turn::Done(done) => {
            println!("{name}: {done}.");
            Ok(ExitCode::SUCCESS)
        }
        Turn::Failed(failure) => failed(format!("{name} failed ({}); the log says by what.", failure.word())),
        Turn::Lost => failed(format!("{name} took so long that another process has taken it over.")),
        Turn::NotNow(NotNow::Held { by, until }) => failed(format!(
            "{name} is being run by {by}, whose hold runs out at {} unless it is renewed. Nothing was done.",
            in_new_zealand(until)
        )),
        Turn::NotNow(NotNow::NotDue { at }) => {
            failed(format!("{name} is due at {}. Nothing was done.", in_new_zealand(at)))
        }
    }
}
